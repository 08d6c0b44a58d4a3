//! What the store promises, on SQLite always and on PostgreSQL with the feature `real-parts` and
//! `TEST_DATABASE_URL`, a server on which databases can be created and dropped.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod fixture;

mod api_keys_sessions_and_resets;
mod backup_and_health;
mod configuration_is_committed_by_revision;
mod contacts_are_listed_and_counted;
mod crash;
mod group_commit;
mod idempotency;
mod leases_fence_the_log;
mod log_has_no_gaps;
mod mail_settings;
mod migrations;
mod notes_are_sealed;
mod numbers_and_trunks;
mod outbox;
mod parties_are_erased;
mod sign_up_is_all_or_nothing;
mod usage_is_immutable;
