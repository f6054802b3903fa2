//! Who owns a shard: claim, renew, release.

use switchboard::store::Store;
use switchboard::store::op::{Lease, Renewed};

use crate::contract::words::*;

pub(crate) async fn a_new_store_knows_no_lease(store: Store) {
    assert_eq!(store.leases().await.unwrap(), []);
}

pub(crate) async fn a_free_shard_is_claimed(store: Store) {
    let claimed = claim(&store, "anna", Lease::default(), 0).await;
    assert_eq!(claimed, Ok(lease("anna", 1, 0)));
    assert_eq!(store.leases().await.unwrap(), [(SHARD, lease("anna", 1, 0))]);
}

pub(crate) async fn a_claim_is_refused_when_the_lease_moved(store: Store) {
    claim(&store, "anna", Lease::default(), 0).await.unwrap();
    renew(&store, SHARD, instance("anna"), 1).await.unwrap();
    let now = lease("anna", 1, 1);
    assert_eq!(claim(&store, "boris", Lease::default(), 0).await, Err(now.clone()));
    assert_eq!(claim(&store, "boris", lease("anna", 1, 0), 0).await, Err(now.clone()));
    assert_eq!(claim(&store, "boris", lease("anna", 2, 1), 0).await, Err(now.clone()));
    assert_eq!(claim(&store, "boris", lease("carl", 1, 1), 0).await, Err(now.clone()));
    assert_eq!(claim(&store, "boris", now, 0).await, Ok(lease("boris", 2, 0)));
}

pub(crate) async fn every_claim_raises_the_epoch(store: Store) {
    for epoch in 1..=3 {
        assert_eq!(Owner::of(&store, "anna").await.epoch, epoch);
        assert!(store.release(SHARD, instance("anna"), epoch).await.unwrap());
    }
}

pub(crate) async fn a_claim_goes_above_the_floor(store: Store) {
    let claimed = claim(&store, "anna", Lease::default(), 41).await;
    assert_eq!(claimed, Ok(lease("anna", 42, 0)));
    let claimed = claim(&store, "boris", lease("anna", 42, 0), 5).await;
    assert_eq!(claimed, Ok(lease("boris", 43, 0)));
}

pub(crate) async fn the_owner_may_claim_anew(store: Store) {
    Owner::of(&store, "anna").await;
    let claimed = claim(&store, "anna", lease("anna", 1, 0), 0).await;
    assert_eq!(claimed, Ok(lease("anna", 2, 0)));
}

pub(crate) async fn renewing_raises_the_beat(store: Store) {
    Owner::of(&store, "anna").await;
    assert_eq!(renew(&store, SHARD, instance("anna"), 1).await.unwrap(), UNASKED);
    assert_eq!(renew(&store, SHARD, instance("anna"), 1).await.unwrap(), UNASKED);
    assert_eq!(lease_of(&store, SHARD).await, lease("anna", 1, 2));
}

pub(crate) async fn shards_are_renewed_together_and_each_for_itself(store: Store) {
    Owner::of(&store, "anna").await;
    Owner::of_shard(&store, ELSEWHERE, "boris").await;
    let held = vec![(ELSEWHERE, 1), (SHARD, 1)];
    let renewed = store.renew(instance("anna"), held).await;
    assert_eq!(renewed, Ok(vec![Renewed::Lost, UNASKED]));
    assert_eq!(lease_of(&store, SHARD).await, lease("anna", 1, 1));
    assert_eq!(lease_of(&store, ELSEWHERE).await, lease("boris", 1, 0));
}

pub(crate) async fn only_the_owner_renews(store: Store) {
    assert_eq!(renew(&store, SHARD, instance("anna"), 0).await.unwrap(), Renewed::Lost);
    Owner::of(&store, "anna").await;
    Owner::of(&store, "anna").await;
    assert_eq!(renew(&store, SHARD, instance("boris"), 2).await.unwrap(), Renewed::Lost);
    assert_eq!(renew(&store, SHARD, instance("anna"), 1).await.unwrap(), Renewed::Lost);
    assert_eq!(renew(&store, ELSEWHERE, instance("anna"), 2).await.unwrap(), Renewed::Lost);
    assert_eq!(lease_of(&store, SHARD).await, lease("anna", 2, 0));
}

pub(crate) async fn releasing_keeps_the_epoch(store: Store) {
    Owner::of(&store, "anna").await;
    assert!(store.release(SHARD, instance("anna"), 1).await.unwrap());
    assert_eq!(lease_of(&store, SHARD).await, Lease { epoch: 1, ..Lease::default() });
    assert_eq!(renew(&store, SHARD, instance("anna"), 1).await.unwrap(), Renewed::Lost);
    assert!(!store.release(SHARD, instance("anna"), 1).await.unwrap());
}

pub(crate) async fn only_the_owner_releases(store: Store) {
    assert!(!store.release(SHARD, instance("anna"), 0).await.unwrap());
    Owner::of(&store, "anna").await;
    Owner::of(&store, "anna").await;
    assert!(!store.release(SHARD, instance("boris"), 2).await.unwrap());
    assert!(!store.release(SHARD, instance("anna"), 1).await.unwrap());
    assert_eq!(lease_of(&store, SHARD).await, lease("anna", 2, 0));
}

pub(crate) async fn the_owner_learns_who_asks(store: Store) {
    Owner::of(&store, "anna").await;
    assert!(asks(&store, "boris", ("anna", 1), None).await);
    let renewed = renew(&store, SHARD, instance("anna"), 1).await.unwrap();
    assert_eq!(renewed, Renewed::Ours { want: Some(instance("boris")) });
    let now = Lease { want: Some(instance("boris")), ..lease("anna", 1, 1) };
    assert_eq!(lease_of(&store, SHARD).await, now);
}

pub(crate) async fn only_the_owner_is_asked(store: Store) {
    assert!(!asks(&store, "boris", ("anna", 0), None).await);
    Owner::of(&store, "anna").await;
    assert!(!asks(&store, "boris", ("carl", 1), None).await);
    assert!(!asks(&store, "boris", ("anna", 2), None).await);
    assert_eq!(lease_of(&store, SHARD).await, lease("anna", 1, 0));
}

pub(crate) async fn who_asks_takes_the_place_of_whom_he_names(store: Store) {
    Owner::of(&store, "anna").await;
    assert!(asks(&store, "boris", ("anna", 1), None).await);
    assert!(!asks(&store, "carl", ("anna", 1), None).await);
    assert!(!asks(&store, "carl", ("anna", 1), Some("dora")).await);
    assert!(asks(&store, "carl", ("anna", 1), Some("boris")).await);
    assert_eq!(lease_of(&store, SHARD).await.want, Some(instance("carl")));
}

pub(crate) async fn asking_stops_no_claim_and_ends_with_it(store: Store) {
    Owner::of(&store, "anna").await;
    assert!(asks(&store, "boris", ("anna", 1), None).await);
    let asked = Lease { want: Some(instance("boris")), ..lease("anna", 1, 0) };
    assert_eq!(claim(&store, "carl", Lease::default(), 0).await, Err(asked));
    assert_eq!(claim(&store, "carl", lease("anna", 1, 0), 0).await, Ok(lease("carl", 2, 0)));
    assert_eq!(lease_of(&store, SHARD).await, lease("carl", 2, 0));
}

pub(crate) async fn only_claimed_shards_are_listed(store: Store) {
    submit(&store, "hello").await;
    assert_eq!(store.leases().await.unwrap(), []);
    Owner::of_shard(&store, ELSEWHERE, "boris").await;
    Owner::of(&store, "anna").await;
    let listed: Vec<_> = store.leases().await.unwrap();
    assert_eq!(listed, [(SHARD, lease("anna", 1, 0)), (ELSEWHERE, lease("boris", 1, 0))]);
}

/// Nobody asks for the shard.
const UNASKED: Renewed = Renewed::Ours { want: None };

async fn asks(store: &Store, me: &str, (owner, epoch): (&str, u64), before: Option<&str>) -> bool {
    let before = before.map(instance);
    store.ask(SHARD, instance(me), instance(owner), epoch, before).await.expect("an answer")
}

async fn claim(store: &Store, me: &str, seen: Lease, floor: u64) -> Result<Lease, Lease> {
    store.claim(SHARD, instance(me), seen, floor).await.expect("an answer")
}

fn lease(owner: &str, epoch: u64, beat: u64) -> Lease {
    Lease { owner: Some(instance(owner)), epoch, beat, want: None }
}
