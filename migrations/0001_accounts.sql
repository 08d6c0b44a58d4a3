-- Who uses the installation. Times are milliseconds since the Unix epoch, booleans are 0 or 1,
-- hashes are hex, sealed values are base 64: one SQL for SQLite and PostgreSQL.

CREATE TABLE installation (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE operators (
    email_key TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE tenants (
    id TEXT PRIMARY KEY,
    signed_up_at BIGINT NOT NULL,
    first_call_at BIGINT,
    time_to_first_call_ms BIGINT,
    wizard_step TEXT,
    config_revision BIGINT NOT NULL
);

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    email_key TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    is_admin BIGINT NOT NULL,
    agent_id TEXT,
    created_at BIGINT NOT NULL
);

-- One person, one user: the lower-case e-mail address is unique in the installation.
CREATE UNIQUE INDEX users_email_key ON users (email_key);
CREATE INDEX users_tenant ON users (tenant_id, created_at);

CREATE TABLE sessions (
    token_sha256 TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    secret_sha256 TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);

CREATE UNIQUE INDEX api_keys_secret ON api_keys (secret_sha256);
CREATE INDEX api_keys_tenant ON api_keys (tenant_id, created_at);

CREATE TABLE password_resets (
    token_sha256 TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX password_resets_expires_at ON password_resets (expires_at);

CREATE TABLE idempotency_keys (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    idempotency_key TEXT NOT NULL,
    body_sha256 TEXT NOT NULL,
    began_at BIGINT NOT NULL,
    status BIGINT,
    response TEXT,
    PRIMARY KEY (tenant_id, idempotency_key)
);

CREATE INDEX idempotency_keys_began_at ON idempotency_keys (began_at);

CREATE TABLE mail_settings (
    tenant_id TEXT PRIMARY KEY REFERENCES tenants (id),
    host TEXT NOT NULL,
    port BIGINT NOT NULL,
    security TEXT NOT NULL,
    username TEXT,
    password_sealed TEXT,
    from_address TEXT NOT NULL
);
