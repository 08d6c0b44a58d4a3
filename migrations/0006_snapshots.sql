-- What a log comes to up to a number, so that a tenant is loaded without reading all of it. Disposable: what cannot be
-- read is folded anew.
DROP TABLE snapshots;

CREATE TABLE snapshots (
    tenant_id TEXT PRIMARY KEY,
    seq BIGINT NOT NULL,
    v BIGINT NOT NULL,
    body TEXT NOT NULL
);
