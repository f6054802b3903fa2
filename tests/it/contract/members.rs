//! Who is there: announce, members.

use std::time::Duration;

use switchboard::store::Store;
use switchboard::store::op::Member;

use crate::contract::words::*;

const LONG: Duration = Duration::from_mins(1);
const SHORT: Duration = Duration::from_millis(50);

pub(crate) async fn nobody_is_there_at_first(store: Store) {
    assert_eq!(store.members().await.unwrap(), []);
}

pub(crate) async fn members_are_listed_in_order(store: Store) {
    store.announce(instance("boris#1"), bytes("b"), LONG).await.unwrap();
    store.announce(instance("anna#1"), bytes("a"), LONG).await.unwrap();
    let members = store.members().await.unwrap();
    assert_eq!(members, [member("anna#1", "a"), member("boris#1", "b")]);
}

pub(crate) async fn the_last_word_counts(store: Store) {
    store.announce(instance("anna#1"), bytes("a"), LONG).await.unwrap();
    store.announce(instance("anna#1"), bytes("\u{0}b"), LONG).await.unwrap();
    assert_eq!(store.members().await.unwrap(), [member("anna#1", "\u{0}b")]);
}

pub(crate) async fn a_member_that_is_silent_is_gone(store: Store) {
    store.announce(instance("anna#1"), bytes("a"), SHORT).await.unwrap();
    store.announce(instance("boris#1"), bytes("b"), LONG).await.unwrap();
    let since = switchboard::clock::monotonic();
    while store.members().await.unwrap().len() > 1 {
        assert!(since.elapsed() < LONG, "it is still there");
    }
    assert!(since.elapsed() >= SHORT / 2, "it is gone too early");
    assert_eq!(store.members().await.unwrap(), [member("boris#1", "b")]);
}

pub(crate) async fn a_member_that_leaves_is_gone_at_once(store: Store) {
    store.announce(instance("anna#1"), bytes("a"), LONG).await.unwrap();
    store.announce(instance("anna#1"), Vec::new(), Duration::ZERO).await.unwrap();
    assert_eq!(store.members().await.unwrap(), []);
}

fn member(name: &str, says: &str) -> Member {
    Member { instance: instance(name), bytes: bytes(says) }
}
