//! Stories: what a line, its queue, its operators and its customers do together.

mod customers;
mod hours;
mod hours_settings;
mod ledger;
mod life;
mod offers;
mod permission;
mod property;
mod queue;
mod story;
mod unanswered;
