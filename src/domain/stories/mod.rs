//! Stories: what a line, its queue, its operators and its customers do together.

mod customers;
mod ending;
mod hours;
mod hours_routing;
mod hours_settings;
mod hours_walk;
mod inputs;
mod ledger;
mod life;
mod line_part;
mod model;
mod offers;
mod permission;
mod property;
mod queue;
mod rating;
mod simulator;
mod steps;
mod story;
mod texts;
mod truths;
mod unanswered;
mod words;
