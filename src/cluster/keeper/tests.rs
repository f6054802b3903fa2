use super::*;

const SHARD: ShardId = ShardId(0);

/// A keeper and the moments of its clock, in milliseconds after its start.
struct World {
    keeper: Keeper,
    start: Instant,
    nodes: Vec<InstanceId>,
}

impl World {
    /// `anna` of these nodes, over a single shard.
    fn of<const N: usize>(nodes: [&str; N]) -> Self {
        let start = crate::clock::tick();
        let keeper = Keeper::new(instance("anna"), 1, Timing::default(), start);
        Self { keeper, start, nodes: nodes.map(instance).to_vec() }
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    fn polls(&mut self, ms: u64, lease: &Lease) -> Vec<Step> {
        self.keeper.polled(self.at(ms), vec![(SHARD, lease.clone())], self.nodes.clone())
    }

    /// Polls four times a second; answers when the first claim came.
    fn claims_at(&mut self, ms: impl IntoIterator<Item = u64>, lease: &Lease) -> Option<u64> {
        ms.into_iter().find(|ms| !self.polls(*ms, lease).is_empty())
    }

    fn gains(&mut self, ms: u64) {
        self.keeper.claimed(SHARD, self.at(ms), Some(Ok(lease("anna", 1, 0)))).unwrap();
    }
}

fn every_quarter(from: u64, to: u64) -> impl Iterator<Item = u64> {
    (from..to).step_by(250)
}

fn instance(name: &str) -> InstanceId {
    InstanceId(name.into())
}

fn lease(owner: &str, epoch: u64, beat: u64) -> Lease {
    Lease { owner: Some(instance(owner)), epoch, beat, want: None }
}

#[test]
fn what_nobody_ever_had_is_claimed_at_once() {
    let mut world = World::of(["anna"]);
    let claim = Step::Claim { shard: SHARD, seen: Lease::default(), floor: 0 };
    assert_eq!(world.polls(0, &Lease::default()), [claim]);
    assert_eq!(world.polls(250, &Lease::default()), [], "once");
}

#[test]
fn a_silent_owner_loses_it_after_a_whole_lease() {
    let mut world = World::of(["anna"]);
    assert_eq!(world.claims_at(every_quarter(0, 9_000), &lease("boris", 3, 7)), Some(3_000));
}

#[test]
fn a_beat_begins_the_watch_anew() {
    let mut world = World::of(["anna"]);
    assert_eq!(world.claims_at(every_quarter(0, 3_000), &lease("boris", 3, 7)), None);
    assert_eq!(world.claims_at(every_quarter(3_000, 9_000), &lease("boris", 3, 8)), Some(6_000));
}

#[test]
fn polls_that_failed_say_nothing_of_the_owner() {
    let mut world = World::of(["anna"]);
    assert_eq!(world.claims_at([0, 250, 500], &lease("boris", 3, 7)), None);
    // A store that stalled, or a process that was stopped: ten seconds of which nothing is known.
    assert_eq!(world.claims_at(every_quarter(10_500, 19_000), &lease("boris", 3, 7)), Some(13_500));
}

#[test]
fn a_single_late_poll_is_no_gap() {
    let mut world = World::of(["anna"]);
    let polls = [0, 600, 1_200, 1_800, 2_400, 3_000];
    assert_eq!(world.claims_at(polls, &lease("boris", 3, 7)), Some(3_000));
}

#[test]
fn others_wait_for_the_preferred_one() {
    let claimed = |names: [&str; 2]| {
        let mut world = World::of(names);
        world.claims_at(every_quarter(0, 9_000), &lease("zoe", 3, 7)).unwrap()
    };
    let other = ["boris", "carl", "dora", "emil"].map(|name| claimed(["anna", name]));
    assert!(other.iter().all(|at| [3_000, 4_000].contains(at)), "{other:?}");
    let free = |names: [&str; 2]| {
        let mut world = World::of(names);
        let free = Lease { epoch: 3, ..Lease::default() };
        world.claims_at(every_quarter(0, 9_000), &free).unwrap()
    };
    // The quota of a single shard is the first node's.
    assert_eq!((free(["anna", "boris"]), free(["aaron", "anna"])), (0, 1_000));
}

#[test]
fn who_is_not_renewed_stops_before_anybody_can_claim() {
    let mut world = World::of(["anna"]);
    world.gains(100);
    let sent = world.at(500);
    assert_eq!(world.keeper.renewed((SHARD, 1), sent, &Renewed::Ours { want: None }), None);
    assert_eq!(world.keeper.tenures(), BTreeMap::from([(SHARD, world.at(2_500))]));
    assert_eq!(world.keeper.fenced(world.at(2_499)), []);
    assert_eq!(world.keeper.fenced(world.at(2_500)), [Turn::Lost { shard: SHARD }]);
    assert_eq!(world.keeper.fenced(world.at(2_600)), []);
}

#[test]
fn who_stopped_by_himself_goes_on_when_nobody_has_come() {
    let mut world = World::of(["anna", "boris"]);
    world.gains(0);
    world.keeper.fenced(world.at(2_000));
    let again = Step::Claim { shard: SHARD, seen: lease("anna", 1, 0), floor: 1 };
    assert_eq!(world.polls(10_000, &lease("anna", 1, 0)), [again]);
}

#[test]
fn what_was_seen_long_ago_says_nothing_of_who_owns_what() {
    let mut world = World::of(["anna", "boris"]);
    world.polls(0, &lease("boris", 3, 7));
    assert!(world.keeper.all_owned(world.at(1_999)));
    assert!(!world.keeper.all_owned(world.at(2_000)));
    world.polls(2_000, &lease("boris", 3, 7));
    assert!(world.keeper.all_owned(world.at(2_001)));
    world.polls(2_250, &lease("carl", 4, 0));
    assert!(!world.keeper.all_owned(world.at(2_251)), "who is not there");
}

#[test]
fn who_has_joined_does_not_wait_for_shards_of_others() {
    let mut world = World::of(["anna", "boris"]);
    world.polls(0, &Lease::default());
    assert!(!world.keeper.has_joined(world.at(1)), "nobody has it yet");
    world.polls(250, &lease("boris", 1, 0));
    assert!(world.keeper.has_joined(world.at(251)));
    let given_back = Lease { owner: None, ..lease("boris", 1, 7) };
    world.polls(500, &given_back);
    assert!(!world.keeper.all_owned(world.at(501)));
    assert!(world.keeper.has_joined(world.at(501)));
    assert!(!world.keeper.has_joined(world.at(2_500)), "the store does not answer");
}

#[test]
fn a_lost_renewal_is_told_once() {
    let mut world = World::of(["anna"]);
    world.gains(0);
    let sent = world.at(500);
    assert_eq!(world.keeper.renewed((SHARD, 0), sent, &Renewed::Lost), None, "an older epoch");
    let lost = Some(Turn::Lost { shard: SHARD });
    assert_eq!(world.keeper.renewed((SHARD, 1), sent, &Renewed::Lost), lost);
    assert_eq!(world.keeper.renewed((SHARD, 1), sent, &Renewed::Lost), None);
}

#[test]
fn only_who_is_there_is_heard_asking() {
    let mut world = World::of(["anna", "boris"]);
    world.polls(0, &Lease::default());
    world.gains(0);
    let (sent, asks) = (world.at(500), |name: &str| Renewed::Ours { want: Some(instance(name)) });
    assert_eq!(world.keeper.renewed((SHARD, 1), sent, &asks("carl")), None);
    let wanted = Some(Turn::Wanted { shard: SHARD });
    assert_eq!(world.keeper.renewed((SHARD, 1), sent, &asks("boris")), wanted);
    assert_eq!(world.keeper.renewed((SHARD, 1), sent, &asks("boris")), None, "once");
}

#[test]
fn an_epoch_that_was_seen_is_never_given_again() {
    let mut world = World::of(["anna"]);
    world.polls(0, &lease("boris", 9, 7));
    let went_back = Lease { epoch: 4, ..Lease::default() };
    let claim = Step::Claim { shard: SHARD, seen: went_back.clone(), floor: 9 };
    assert_eq!(world.polls(250, &went_back), [claim]);
}

#[test]
fn who_goes_down_claims_nothing() {
    let mut world = World::of(["anna"]);
    world.keeper.drains();
    assert_eq!(world.claims_at(every_quarter(0, 9_000), &Lease::default()), None);
}

#[test]
fn a_newcomer_asks_when_all_stood_still() {
    let start = crate::clock::tick();
    let mut keeper = Keeper::new(instance("boris"), 4, Timing::default(), start);
    let nodes = vec![instance("anna"), instance("boris")];
    let leases: Vec<_> = (0..4).map(|shard| (ShardId(shard), lease("anna", 1, 0))).collect();
    let asked = every_quarter(0, 20_000).find_map(|ms| {
        let beat =
            |(shard, lease): &(ShardId, Lease)| (*shard, Lease { beat: ms, ..lease.clone() });
        let leases = leases.iter().map(beat).collect();
        let steps = keeper.polled(start + Duration::from_millis(ms), leases, nodes.clone());
        (!steps.is_empty()).then_some((ms, steps.len()))
    });
    assert_eq!(asked, Some((10_000, 2)));
}
