-- The log of each tenant, and what is folded from it.

-- The head of a log is its fence too: one row says who may append and where the next event goes.
CREATE TABLE logs (
    tenant_id TEXT PRIMARY KEY,
    last_seq BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    node TEXT NOT NULL,
    lease_expires_at BIGINT NOT NULL
);

CREATE TABLE events (
    tenant_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    happened_at BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    contact_id TEXT,
    v BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant_id, seq)
);

CREATE INDEX events_contact ON events (tenant_id, contact_id, seq) WHERE contact_id IS NOT NULL;

-- Disposable: what they hold follows from the events.
CREATE TABLE snapshots (
    tenant_id TEXT NOT NULL,
    build TEXT NOT NULL,
    seq BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant_id, build)
);

CREATE TABLE contact_records (
    tenant_id TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    initiated_at BIGINT NOT NULL,
    enqueued_at BIGINT,
    connected_at BIGINT,
    completed_at BIGINT,
    queue_id TEXT,
    abandoned BIGINT NOT NULL,
    test BIGINT NOT NULL,
    v BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant_id, contact_id)
);

CREATE INDEX contact_records_newest ON contact_records (tenant_id, initiated_at, contact_id);
CREATE INDEX contact_records_open ON contact_records (tenant_id, contact_id) WHERE completed_at IS NULL;

-- Who took part: what an agent may read of the contacts.
CREATE TABLE contact_agents (
    tenant_id TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, agent_id, contact_id)
);

-- Immutable: a correction is a new row.
CREATE TABLE usage_records (
    tenant_id TEXT NOT NULL,
    event_seq BIGINT NOT NULL,
    meter TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    leg_id TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    quantity_ms BIGINT NOT NULL,
    test BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, event_seq, meter)
);

CREATE INDEX usage_records_period ON usage_records (tenant_id, ended_at, event_seq, meter);
CREATE INDEX usage_records_contact ON usage_records (tenant_id, contact_id);
