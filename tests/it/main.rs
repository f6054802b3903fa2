//! What Switchboard does, told at its boundaries: one module a feature.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(unreachable_pub, reason = "a test crate has no outside")]
#![expect(clippy::cloned_ref_to_slice_refs, reason = "a list of one reads as a list")]
#![expect(clippy::match_same_arms, reason = "a table says each case for itself")]
#![expect(clippy::option_option, reason = "no conversation, nobody has it, or who does")]
#![expect(clippy::needless_pass_by_value, reason = "a story is written where it is told")]
#![expect(clippy::unnecessary_wraps, reason = "what is compared with an option is one")]
#![expect(clippy::single_match_else, reason = "cases of a story stand side by side")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a test looks at what it is about")]

mod absence;
mod ahead;
mod archive;
mod at_once;
mod attendance;
mod audit;
mod bad_input;
mod beats;
mod calendar;
mod cards;
mod channels;
mod contract;
mod customers;
mod doors;
mod duty;
mod edge;
mod exchange;
mod fakes;
mod files;
mod files_mutations;
mod files_served;
mod hours;
mod inboxes;
mod judges;
mod kill;
mod kill_timers;
mod line_settings;
mod lives;
mod nodes;
mod outages;
mod outbox;
mod packing;
mod payloads;
mod places;
mod preview;
mod program;
mod protocol;
mod read_model;
mod receipts;
mod redis_altered;
mod redis_checks;
mod redis_memory;
mod redis_server;
mod regulars;
mod rehearse;
mod retention;
mod rights;
mod routing;
mod screen;
mod sessions;
mod site;
mod sizes;
mod store_kill;
mod store_machine;
mod store_redis;
mod store_sentinel;
mod store_sqlite;
mod story;
mod texts;
mod tidy;
mod timers;
mod transfer;
mod transfer_targets;
mod widget;
