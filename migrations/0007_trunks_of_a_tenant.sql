-- Each outbound call asks for the trunks of its tenant and for those of no tenant.

CREATE INDEX trunks_tenant ON trunks (tenant_id);
