-- The people on the other side. What identifies a person is sealed under a key of their own, which is
-- sealed under the installation's master key. Erasing a person sets key, address and lookup hash to null.

CREATE TABLE tenant_keys (
    tenant_id TEXT PRIMARY KEY,
    lookup_key_sealed TEXT NOT NULL
);

CREATE TABLE parties (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    lookup_hash TEXT,
    data_key_sealed TEXT,
    address_sealed TEXT,
    created_at BIGINT NOT NULL,
    erased_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);

CREATE UNIQUE INDEX parties_lookup ON parties (tenant_id, lookup_hash) WHERE lookup_hash IS NOT NULL;
