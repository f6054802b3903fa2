//! Who may do what, as one table: each role, each action, on what is his and on what is foreign.

use crate::event::{Row, RowOffer, RowState};
use crate::id::{ChannelId, ConversationId, EntryNumber, LineId, OfferId, OperatorId};
use crate::operator::{Operator, Role};
use crate::permission::{Action, may};
use crate::routing::Via;
use crate::stories::story::{id, operator};

use jiff::Timestamp;

/// How a conversation stands to the person who is asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    /// In his line (in whose queue he is, or which he oversees), and nobody has it.
    WaitsHere,
    /// In his line, before another operator.
    OfferedHere,
    /// In his line, with another operator.
    HeldHere,
    /// In his line, closed, and never his.
    ClosedHere,
    WaitsElsewhere,
    HeldElsewhere,
    /// Offered to him, by another line.
    OfferedToHim,
    /// He holds it, in another line.
    Holds,
    /// He finished it, in another line.
    Finished,
    /// He held it once; another has it now, in another line.
    Held,
}

use Case::{
    ClosedHere, Finished, Held, HeldElsewhere, HeldHere, Holds, OfferedHere, OfferedToHim,
    WaitsElsewhere, WaitsHere,
};

const CASES: [Case; 10] = [
    WaitsHere,
    OfferedHere,
    HeldHere,
    ClosedHere,
    WaitsElsewhere,
    HeldElsewhere,
    OfferedToHim,
    Holds,
    Finished,
    Held,
];

type OnRow = fn(&Row) -> Action<'_>;
type OnRows = fn(&[Row]) -> Action<'_>;
const READ: OnRow = |row| Action::ReadConversation(row);
const SEE: OnRow = |row| Action::SeeRow(row);
const TAKE: OnRow = |row| Action::Take(row);
const FINISH: OnRow = |row| Action::Finish(row);
const NOTE: OnRow = |row| Action::Note(row);

#[test]
fn an_operator_reads_what_is_his_and_sees_what_he_could_take() {
    let his = [OfferedToHim, Holds, Finished, Held];
    allows(Role::Operator, READ, &his);
    let seen = [WaitsHere, OfferedHere, OfferedToHim, Holds, Finished, Held];
    allows(Role::Operator, SEE, &seen);
    allows(Role::Operator, TAKE, &[WaitsHere, OfferedHere, OfferedToHim]);
    allows(Role::Operator, FINISH, &[Holds, Finished]);
    allows(Role::Operator, NOTE, &[Holds, Finished]);
}

#[test]
fn a_supervisor_does_everything_in_his_lines_and_what_is_his_elsewhere() {
    let here = [WaitsHere, OfferedHere, HeldHere, ClosedHere];
    let read = [&here[..], &[OfferedToHim, Holds, Finished, Held]].concat();
    allows(Role::Supervisor, READ, &read);
    allows(Role::Supervisor, SEE, &read);
    allows(Role::Supervisor, TAKE, &[&here[..], &[OfferedToHim]].concat());
    allows(Role::Supervisor, FINISH, &[&here[..], &[Holds, Finished]].concat());
    allows(Role::Supervisor, NOTE, &[&here[..], &[Holds, Finished]].concat());
}

#[test]
fn an_administrator_does_everything() {
    for action in [READ, SEE, TAKE, FINISH, NOTE] {
        allows(Role::Administrator, action, &CASES);
    }
}

#[test]
fn a_customer_is_seen_through_his_conversations() {
    let cases = |role, action: OnRows| -> Vec<Case> {
        let with_a_foreign_one = |case| [row(HeldElsewhere), row(case)];
        CASES.into_iter().filter(|case| asks(role, action(&with_a_foreign_one(*case)))).collect()
    };
    let read: OnRows = |rows| Action::ReadCustomer(rows);
    let change: OnRows = |rows| Action::ChangeCustomer(rows);
    let block: OnRows = |rows| Action::BlockCustomer(rows);
    assert_eq!(cases(Role::Operator, read), [OfferedToHim, Holds, Finished, Held]);
    assert_eq!(cases(Role::Operator, change), [Holds, Finished, Held]);
    let seen = [WaitsHere, OfferedHere, OfferedToHim, Holds, Finished, Held];
    assert_eq!(cases(Role::Operator, block), seen);
    let here = [WaitsHere, OfferedHere, HeldHere, ClosedHere];
    let his = [&here[..], &[Holds, Finished, Held]].concat();
    assert_eq!(cases(Role::Supervisor, change), his);
    assert_eq!(cases(Role::Administrator, change), CASES);
    assert!(!asks(Role::Operator, Action::ReadCustomer(&[])), "nobody of no conversation");
    assert!(asks(Role::Administrator, Action::ReadCustomer(&[])));
}

#[test]
fn what_is_not_about_one_conversation() {
    let (here, elsewhere) = (LineId::new("here"), LineId::new("elsewhere"));
    let (himself, another) = (id("he"), id("she"));
    let (queues, foreign) = ([elsewhere.clone(), here.clone()], [elsewhere.clone()]);
    let table = [
        (Action::Administer, [false, false, true]),
        (Action::SeeDirectory, [true, true, true]),
        (Action::SeeLine(&here), [false, true, true]),
        (Action::SeeLine(&elsewhere), [false, false, true]),
        (Action::ManageOperator { operator: &himself, queues: &[] }, [true, true, true]),
        (Action::ManageOperator { operator: &another, queues: &[] }, [false, false, true]),
        (Action::ManageOperator { operator: &another, queues: &queues }, [false, true, true]),
        (Action::ManageOperator { operator: &another, queues: &foreign }, [false, false, true]),
    ];
    for (action, expected) in table {
        let roles = [Role::Operator, Role::Supervisor, Role::Administrator];
        let allowed = roles.map(|role| asks(role, action));
        assert_eq!(allowed, expected, "{action:?}");
    }
}

#[test]
fn who_is_disabled_may_nothing() {
    for role in [Role::Operator, Role::Supervisor, Role::Administrator] {
        let mut he = person(role);
        he.enabled = false;
        assert!(!may(&he, &[LineId::new("here")], Action::SeeDirectory));
        assert!(!may(&he, &[LineId::new("here")], Action::SeeRow(&row(Holds))));
    }
}

#[track_caller]
fn allows(role: Role, action: OnRow, expected: &[Case]) {
    let allowed: Vec<Case> =
        CASES.into_iter().filter(|case| asks(role, action(&row(*case)))).collect();
    assert_eq!(allowed, expected, "{role:?}");
}

fn asks(role: Role, action: Action<'_>) -> bool {
    let queues: &[LineId] = match role {
        Role::Operator => &[LineId::new("here")],
        Role::Supervisor | Role::Administrator => &[],
    };
    may(&person(role), queues, action)
}

fn person(role: Role) -> Operator {
    let supervises = match role {
        Role::Supervisor => vec![LineId::new("here")],
        Role::Operator | Role::Administrator => Vec::new(),
    };
    Operator { role, supervises, ..operator("he") }
}

fn row(case: Case) -> Row {
    let (he, she) = (id("he"), id("she"));
    let (line, state, operator, offered, held) = match case {
        WaitsHere => ("here", RowState::Waiting, None, None, vec![]),
        OfferedHere => ("here", RowState::Offered, None, Some(she), vec![]),
        HeldHere => ("here", RowState::Active, Some(she.clone()), None, vec![she]),
        ClosedHere => ("here", RowState::Closed, Some(she.clone()), None, vec![she]),
        WaitsElsewhere => ("elsewhere", RowState::Waiting, None, None, vec![]),
        HeldElsewhere => ("elsewhere", RowState::Active, Some(she.clone()), None, vec![she]),
        OfferedToHim => ("elsewhere", RowState::Offered, None, Some(he), vec![]),
        Holds => ("elsewhere", RowState::Active, Some(he.clone()), None, vec![he]),
        Finished => ("elsewhere", RowState::Closed, Some(he.clone()), None, vec![he]),
        Held => ("elsewhere", RowState::Active, Some(she.clone()), None, vec![he, she]),
    };
    row_of(line, state, operator, offered, held)
}

fn row_of(
    line: &str,
    state: RowState,
    operator: Option<OperatorId>,
    offered: Option<OperatorId>,
    held: Vec<OperatorId>,
) -> Row {
    let at = Timestamp::UNIX_EPOCH;
    let offer = |operator| RowOffer { operator, offer: OfferId(1), until: at, via: Via::Queue };
    Row {
        conversation: ConversationId::new("0-1"),
        line: LineId::new(line),
        channel: ChannelId::new("bot"),
        customer: None,
        customer_name: "Ivan".to_owned(),
        state,
        operator,
        offers: offered.map(offer).into_iter().collect(),
        handed_by: None,
        listed_for: None,
        held,
        joined: Vec::new(),
        unanswered: false,
        waiting_since: None,
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
        last_entry: EntryNumber(0),
    }
}
