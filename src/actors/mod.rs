//! The actors: thin shells around the domain. They load, feed, commit and show; the rules are in
//! `domain`, and nothing is shown, sent or acknowledged before its commit.
//!
//! `web` uses [`handle`] and [`directory`], `main` starts a node with [`node`].

pub mod customers;
pub mod directory;
pub mod handle;
pub mod node;
pub mod parts;

mod answers;
mod arriving;
mod aside;
mod at_work;
mod attendance;
mod audit;
mod beginning;
mod bench;
mod between;
mod catch_up;
mod chats;
mod concerned;
mod conversation;
mod copying;
mod correct;
mod delivery;
mod detour;
mod draught;
mod encode;
mod feed;
mod following;
mod group;
mod health;
mod keeping;
mod ledger;
mod letters;
mod line;
mod operator_session;
mod orders;
mod outbox;
mod pace;
mod packing;
mod polled;
mod poller;
mod post;
mod posted;
mod presence;
mod progress;
mod rebuild;
mod receipts;
mod round;
mod schedule;
mod send_again;
mod settle;
mod shard;
mod shared_change;
mod signs;
mod standing;
mod step;
mod taken;
mod transfer;
mod verdict;
mod visitor;
mod work;
