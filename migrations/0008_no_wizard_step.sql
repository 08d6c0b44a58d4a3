-- The browser keeps how far its wizard has come.
ALTER TABLE tenants DROP COLUMN wizard_step;
