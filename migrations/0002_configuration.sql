-- What a tenant configured: the present value of each thing, and every revision that led there.

CREATE TABLE config_items (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    kind TEXT NOT NULL,
    item_id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    v BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tenant_id, kind, item_id)
);

CREATE TABLE config_revisions (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    number BIGINT NOT NULL,
    committed_at BIGINT NOT NULL,
    by_user_id TEXT,
    v BIGINT NOT NULL,
    changes TEXT NOT NULL,
    PRIMARY KEY (tenant_id, number)
);

CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    done_at BIGINT
);

CREATE INDEX outbox_pending ON outbox (created_at, id) WHERE done_at IS NULL;
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;
