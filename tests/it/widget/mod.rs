//! The site widget: visitors on a page of another origin, told at the hub's boundary.

mod edge;
mod files;
pub mod page;
mod protocol;
mod reading;
mod told;
mod who;
mod writing;
