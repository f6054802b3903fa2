//! Stories: what a line, its queue, its operators and its customers do together.

mod absence;
mod answer_limit;
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
mod moving;
mod offers;
mod permission;
mod property;
mod queue;

mod rating;
mod rehearsal;
mod simulator;
mod steps;
mod story;
mod texts;
mod transfer;
mod truths;
mod unanswered;
mod words;
