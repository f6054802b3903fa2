//! The lists: the same rule of who sees what as everywhere, in SQL.

use std::collections::BTreeSet;

use domain::event::{Row, RowOffer, RowState};
use domain::id::{ChannelId, ConversationId, EntryNumber, LineId, OfferId, OperatorId, ShardId};
use domain::operator::{Operator, Role, Status};
use domain::permission::{Action, may};
use domain::routing::Via;
use jiff::{SignedDuration, Timestamp};
use switchboard::readmodel::conversations::{ListQuery, Oversees, PAGE_MAX, Visibility};
use switchboard::readmodel::{Changed, ReadModel};
use switchboard::store::op::Position;

const STATES: [RowState; 5] =
    [RowState::Waiting, RowState::Offered, RowState::Active, RowState::Closing, RowState::Closed];

#[actix_web::test]
async fn a_list_shows_what_the_permission_allows_and_nothing_else() {
    let rows = every_kind_of_row();
    let model = ReadModel::open(None).unwrap();
    model.project(
        ShardId(0),
        Position { epoch: 1, n: 1 },
        7,
        Changed { rows: rows.iter().cloned().map(Into::into).collect(), ..Changed::default() },
    );
    for role in [Role::Operator, Role::Supervisor, Role::Administrator] {
        for queues in [vec![], vec![line("sales")]] {
            for supervises in [vec![], vec![line("support")]] {
                let who = person(role, supervises.clone());
                let allowed = rows.iter().filter(|row| may(&who, &queues, Action::SeeRow(row)));
                let allowed: BTreeSet<_> = allowed.map(|row| row.conversation.clone()).collect();
                let oversees = match role {
                    Role::Administrator => Oversees::Everything,
                    Role::Supervisor => Oversees::Lines(supervises),
                    Role::Operator => Oversees::Lines(Vec::new()),
                };
                let visibility = Visibility { operator: who.id, queues: queues.clone(), oversees };
                let query = ListQuery {
                    visibility: visibility.clone(),
                    line: None,
                    states: Vec::new(),
                    before: None,
                    limit: PAGE_MAX,
                };
                let listed = model.list(query).await.unwrap();
                let listed: BTreeSet<_> = listed.into_iter().map(|row| row.conversation).collect();
                assert_eq!(listed, allowed, "{role:?} in {queues:?}");
                let snapshot = model.snapshot(visibility).await.unwrap();
                let open = rows.iter().filter(|row| row.state != RowState::Closed);
                let open: BTreeSet<_> = open.map(|row| row.conversation.clone()).collect();
                let shown: BTreeSet<_> =
                    snapshot.rows.into_iter().map(|row| row.conversation).collect();
                assert_eq!(shown, &allowed & &open, "{role:?} in {queues:?}");
            }
        }
    }
}

#[actix_web::test]
async fn pages_follow_one_another_without_gap_or_repeat() {
    let rows = every_kind_of_row();
    let model = ReadModel::open(None).unwrap();
    model.project(
        ShardId(0),
        Position { epoch: 1, n: 1 },
        7,
        Changed { rows: rows.iter().cloned().map(Into::into).collect(), ..Changed::default() },
    );
    let (mut before, mut seen) = (None, Vec::new());
    loop {
        let query = ListQuery {
            visibility: Visibility {
                operator: OperatorId::new("anna"),
                queues: Vec::new(),
                oversees: Oversees::Everything,
            },
            line: None,
            states: Vec::new(),
            before,
            limit: 7,
        };
        let page = model.list(query).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some((last.updated_at, last.conversation.clone()));
        seen.extend(page);
    }
    let mut expected = rows;
    expected.sort_by_key(|row| std::cmp::Reverse((row.updated_at, row.conversation.clone())));
    assert_eq!(seen, expected, "newest change first");
}

#[actix_web::test]
async fn of_several_rows_of_a_conversation_the_newest_stands() {
    let model = ReadModel::open(None).unwrap();
    let project = |n: u64, states: &[RowState]| {
        let rows = states.iter().map(|state| row(0, *state, line("sales"), false, false));
        let changed = Changed { rows: rows.map(Into::into).collect(), ..Changed::default() };
        model.project(ShardId(0), Position { epoch: 1, n }, 7, changed);
    };
    let everything = Visibility {
        operator: OperatorId::new("anna"),
        queues: Vec::new(),
        oversees: Oversees::Everything,
    };
    let states = async || {
        let snapshot = model.snapshot(everything.clone()).await.unwrap();
        let at = snapshot.positions.iter().map(|(_, to)| to.position.n).collect::<Vec<_>>();
        (at, snapshot.rows.into_iter().map(|row| row.state).collect::<Vec<_>>())
    };
    project(2, &[RowState::Waiting, RowState::Offered]);
    project(3, &[RowState::Waiting, RowState::Active]);
    assert_eq!(states().await, (vec![3], vec![RowState::Active]));
    project(4, &[RowState::Closing]);
    project(5, &[]);
    assert_eq!(states().await, (vec![5], vec![RowState::Closing]));
}

#[actix_web::test]
async fn who_is_asked_sees_a_conversation_until_he_is_asked_no_more() {
    let model = ReadModel::open(None).unwrap();
    let anna = Visibility {
        operator: OperatorId::new("anna"),
        queues: Vec::new(),
        oversees: Oversees::Lines(Vec::new()),
    };
    let steps = [
        (RowState::Waiting, false, false),
        (RowState::Offered, false, true),
        (RowState::Waiting, false, false),
        (RowState::Offered, false, true),
        (RowState::Active, true, false),
        (RowState::Closing, true, false),
    ];
    for (n, (state, held, offered)) in (1..).zip(steps) {
        let row = row(0, state, line("sales"), held, offered).into();
        let changed = Changed { rows: vec![row], ..Changed::default() };
        model.project(ShardId(0), Position { epoch: 1, n }, 7, changed);
        let seen = model.snapshot(anna.clone()).await.unwrap().rows;
        let seen: Vec<_> = seen.into_iter().map(|row| row.state).collect();
        assert_eq!(seen, if held || offered { vec![state] } else { vec![] }, "step {n}");
    }
}

/// Each state, line, and way in which anna may have to do with it.
fn every_kind_of_row() -> Vec<Row> {
    let mut rows = Vec::new();
    for state in STATES {
        for name in ["sales", "support"] {
            for (held, offered) in [(false, false), (true, false), (false, true)] {
                rows.push(row(rows.len(), state, line(name), held, offered));
            }
        }
    }
    rows
}

fn row(n: usize, state: RowState, line: LineId, held: bool, offered: bool) -> Row {
    let anna = || OperatorId::new("anna");
    let minutes = i64::try_from(n / 2).unwrap();
    let at =
        "2026-03-02T09:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes);
    let offer = RowOffer { operator: anna(), offer: OfferId(1), until: at, via: Via::Queue };
    Row {
        conversation: ConversationId::new(format!("0-{n:04}")),
        line,
        channel: ChannelId::new("bot"),
        customer_name: "Ivan".into(),
        state,
        operator: None,
        offers: if offered { vec![offer] } else { Vec::new() },
        held: if held { vec![anna()] } else { Vec::new() },
        unanswered: false,
        waiting_since: None,
        customer: None,
        handed_by: None,
        listed_for: None,
        joined: Vec::new(),
        late: false,
        hold_until: None,
        topic: None,
        rating: None,
        review: None,
        reason: None,
        continues: None,
        started_at: at,
        updated_at: at,
        preview: String::new(),
        preview_kind: None,
        last_entry: EntryNumber(1),
    }
}

fn person(role: Role, supervises: Vec<LineId>) -> Operator {
    Operator {
        id: OperatorId::new("anna"),
        name: "Anna".into(),
        role,
        supervises,
        capacity: 5,
        status: Status::Available,
        status_reason: None,
        set_away: false,
        enabled: true,
    }
}

fn line(name: &str) -> LineId {
    LineId::new(name)
}
