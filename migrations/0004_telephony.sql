-- Trunks, and the phone numbers that are reached over them.

CREATE TABLE trunks (
    id TEXT PRIMARY KEY,
    tenant_id TEXT REFERENCES tenants (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    calling_code TEXT NOT NULL,
    sources TEXT NOT NULL,
    digest_username TEXT,
    digest_realm TEXT,
    ha1_md5_sealed TEXT,
    ha1_sha256_sealed TEXT,
    outbound_address TEXT,
    registrar TEXT,
    registration_username TEXT,
    registration_password_sealed TEXT,
    registration_expires_s BIGINT,
    carries_emergency BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE phone_numbers (
    id TEXT PRIMARY KEY,
    trunk_id TEXT NOT NULL REFERENCES trunks (id),
    e164 TEXT NOT NULL,
    country TEXT NOT NULL,
    tenant_id TEXT REFERENCES tenants (id),
    claimed_at BIGINT
);

-- A call is routed by the trunk it came over and the number that was called.
CREATE UNIQUE INDEX phone_numbers_trunk_e164 ON phone_numbers (trunk_id, e164);
CREATE INDEX phone_numbers_tenant ON phone_numbers (tenant_id) WHERE tenant_id IS NOT NULL;
CREATE INDEX phone_numbers_free ON phone_numbers (country, e164) WHERE tenant_id IS NULL;
