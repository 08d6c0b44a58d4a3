mod fixture;

mod answered_after_the_commit;
mod crash_and_take_over;
mod live_without_a_gap;
mod outbound_calls;
mod revisions_in_order;
mod stalled_database;
mod task_that_died;
mod turned_away;
mod unloaded_and_loaded_again;
mod what_inputs_lead_to;
