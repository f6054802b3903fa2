//! A conversation's life as a table: each arrow from state to state has a story named after it, and
//! no story of any kind takes a way that is not in the table.

mod held;
mod unheld;

use crate::effect::Input;
use crate::event::RowState;
use crate::line::LineSettings;
use crate::stories::inputs::{accepts, wrote};
use crate::stories::story::{ANNA, BORIS, Story, strictly};

use RowState::{Active, Closed, Closing, Offered, Waiting};

/// From, to, by what, and the story.
type Arrow = (RowState, RowState, &'static str, fn());

macro_rules! arrows {
    ($($from:ident -> $to:ident: $module:ident $test:ident),* $(,)?) => {
        [$(($from, $to, stringify!($test), $module::$test as fn())),*]
    };
}

const ARROWS: [Arrow; 42] = arrows![
    Waiting -> Offered: unheld waiting_to_offered_by_offer,
    Waiting -> Offered: unheld waiting_to_offered_by_opening,
    Waiting -> Active: unheld waiting_to_active_by_take,
    Waiting -> Active: unheld waiting_to_active_by_take_over,
    Waiting -> Active: unheld waiting_to_active_by_return,
    Waiting -> Active: unheld waiting_to_active_by_pick_up,
    Waiting -> Closed: unheld waiting_to_closed_by_spam,
    Waiting -> Closed: unheld waiting_to_closed_by_finish,
    Waiting -> Closed: unheld waiting_to_closed_by_move,
    Waiting -> Closed: unheld waiting_to_closed_by_what_is_unheard,
    Offered -> Active: unheld offered_to_active_by_accept,
    Offered -> Active: unheld offered_to_active_by_take,
    Offered -> Active: unheld offered_to_active_by_take_over,
    Offered -> Active: unheld offered_to_active_by_return,
    Offered -> Active: unheld offered_to_active_by_transfer_that_comes_back,
    Offered -> Offered: unheld offered_to_offered_by_decline,
    Offered -> Offered: unheld offered_to_offered_by_timeout,
    Offered -> Offered: unheld offered_to_offered_by_departure,
    Offered -> Waiting: unheld offered_to_waiting_by_decline,
    Offered -> Waiting: unheld offered_to_waiting_by_timeout,
    Offered -> Waiting: unheld offered_to_waiting_by_unanswered_rule,
    Offered -> Closed: unheld offered_to_closed_by_spam,
    Offered -> Closed: unheld offered_to_closed_by_finish,
    Offered -> Closed: unheld offered_to_closed_by_move,
    Active -> Closing: held active_to_closing_by_finish,
    Active -> Closing: held active_to_closing_by_silence,
    Active -> Offered: held active_to_offered_by_transfer,
    Active -> Offered: held active_to_offered_by_departure,
    Active -> Offered: held active_to_offered_by_answer_limit,
    Active -> Waiting: held active_to_waiting_by_release,
    Active -> Active: held active_to_active_by_take_over,
    Active -> Closed: held active_to_closed_by_spam,
    Active -> Closed: held active_to_closed_by_finish_without_window,
    Active -> Closed: held active_to_closed_by_move,
    Closing -> Active: held closing_to_active_by_message,
    Closing -> Offered: held closing_to_offered_by_message_when_he_is_gone,
    Closing -> Waiting: held closing_to_waiting_by_message_when_all_are_gone,
    Closing -> Closing: held closing_to_closing_by_rating,
    Closing -> Closed: held closing_to_closed_by_deadline,
    Closing -> Closed: held closing_to_closed_by_spam,
    Closed -> Closed: held closed_to_closed_by_rating,
    Closed -> Closed: held closed_to_closed_by_message,
];

/// Whether a conversation may go from that state to that one in one input.
pub(super) fn leads(from: RowState, to: RowState) -> bool {
    from == to || ARROWS.iter().any(|(start, end, _, _)| (*start, *end) == (from, to))
}

#[test]
fn every_arrow_is_named_after_its_ends_and_every_state_is_left() {
    let word = |state: RowState| format!("{state:?}").to_lowercase();
    for (from, to, name, _) in ARROWS {
        let ends = format!("{}_to_{}_by_", word(from), word(to));
        assert!(name.starts_with(&ends), "{name}");
    }
    for state in [Waiting, Offered, Active, Closing, Closed] {
        assert!(ARROWS.iter().any(|(from, ..)| *from == state), "nothing leaves {state:?}");
        let is_final = ARROWS.iter().all(|(from, to, ..)| *from != state || *to == state);
        assert_eq!(is_final, state == Closed);
    }
}

/// The input takes it from one state to the other, whatever else it does.
#[track_caller]
fn goes(mut story: Story, from: RowState, happens: impl FnOnce(&mut Story), to: RowState) -> Story {
    assert_eq!(story.conversations[0].row().state, from);
    happens(&mut story);
    assert_eq!(story.conversations[0].row().state, to);
    story
}

fn is(input: Input) -> impl FnOnce(&mut Story) {
    move |story| story.tell(0, input)
}

/// To Anna; Boris is next.
fn offered(rules: fn(&mut LineSettings)) -> Story {
    let mut story = Story::with([ANNA, BORIS], strictly);
    story.rules_change(rules);
    story.tell(0, wrote("hello"));
    story
}

fn active(rules: fn(&mut LineSettings)) -> Story {
    let mut story = offered(rules);
    story.tell(0, accepts(ANNA, 1));
    story
}
