//! Working hours at the boundary: what happens by itself when a line opens and closes.

use domain::event::RowState;
use domain::id::LineId;
use domain::line::LineSettings;
use switchboard::protocol::Outcome;

use crate::story::{Story, open_at, operators, tell};

/// Anna serves the line, which is open at these times of today, a Monday; it is nine.
fn anna_works<const N: usize>(line: &mut LineSettings, times: [(&str, &str); N]) {
    line.queue.operators = operators(["anna"]);
    line.unanswered.text_on_requeue = false;
    open_at(&mut line.hours, times);
}

async fn anna_has_one_place(story: &Story) {
    story.operator_is_changed("anna", |anna| anna.capacity = 1).await;
}

#[test]
fn at_the_opening_minute_what_waits_is_offered_the_oldest_first() {
    tell(
        |line| anna_works(line, [("09:02", "18:00")]),
        async |story| {
            anna_has_one_place(story).await;
            let anna = story.signs_in("anna").await;
            story.customer_writes(502, "the first").await;
            story.seconds_pass(1).await;
            story.customer_writes(501, "the second").await;
            story.customer_writes(502, "hello?").await;
            for customer in [501, 502] {
                assert_eq!(story.platform.sent_to(customer), ["closed until today at 09:02"]);
            }
            story.waits(118).await;
            assert!(anna.offers().is_empty(), "it is a second before the opening");
            story.seconds_pass(1).await;
            let first = anna.accepts_it(story).await;
            assert_eq!(story.messages(&first).await[0], "the first");
            assert!(anna.offers().is_empty(), "the second waits for a place");
            anna.finishes(story, &first).await;
            assert_eq!(story.messages(&anna.offer().0).await[0], "the second");
        },
    );
}

#[test]
fn at_the_closing_minute_who_waits_is_told_and_who_is_served_is_not() {
    tell(
        |line| anna_works(line, [("08:00", "09:03")]),
        async |story| {
            anna_has_one_place(story).await;
            let anna = story.signs_in("anna").await;
            story.customer_writes(501, "hello").await;
            let served = anna.accepts_it(story).await;
            story.customer_writes(502, "me too").await;
            story.waits(179).await;
            assert_eq!(story.platform.sent_to(502), [""; 0], "the line is open");
            story.seconds_pass(1).await;
            assert_eq!(story.platform.sent_to(502), ["closed until Monday, 9 March at 08:00"]);
            story.customer_writes(501, "still there?").await;
            anna.replies(story, &served, "yes").await;
            assert_eq!(story.platform.sent_to(501), ["yes"], "a talk is not interrupted");
            anna.finishes(story, &served).await;
            assert!(anna.offers().is_empty(), "nothing new is offered");
            let waiting = story.open_of(502).await;
            assert_eq!(anna.takes(story, &waiting).await, Outcome::Done {}, "by hand she may");
        },
    );
}

#[test]
fn an_offer_that_is_open_at_the_closing_ends_as_any_other() {
    tell(
        |line| {
            anna_works(line, [("08:00", "09:01")]);
            line.queue.operators = operators(["anna", "boris"]);
        },
        async |story| {
            let (anna, boris) = (story.signs_in("anna").await, story.signs_in("boris").await);
            story.waits(30).await;
            story.customer_writes(501, "hello").await;
            story.customer_writes(502, "hello").await;
            let (missed, _) = boris.offer();
            story.waits(31).await;
            assert_eq!((anna.offers().len(), boris.offers().len()), (1, 1), "it has closed");
            anna.accepts_it(story).await;
            story.waits(29).await;
            assert!(boris.offers().is_empty(), "his ran out");
            assert!(anna.offers().is_empty(), "nobody else is asked");
            assert_eq!(story.row(&missed).await.state, RowState::Waiting);
        },
    );
}

#[test]
fn changed_hours_bite_while_conversations_wait() {
    tell(
        |line| anna_works(line, [("10:00", "18:00")]),
        async |story| {
            anna_has_one_place(story).await;
            let anna = story.signs_in("anna").await;
            story.customer_writes(501, "hello").await;
            assert!(anna.offers().is_empty());
            story.line_is_changed(|line| open_at(&mut line.hours, [("08:00", "18:00")])).await;
            let held = anna.accepts_it(story).await;
            story.customer_writes(502, "and me?").await;
            assert_eq!(story.platform.sent_to(502), [""; 0]);
            story.line_is_changed(|line| open_at(&mut line.hours, [("11:00", "18:00")])).await;
            assert_eq!(story.platform.sent_to(502), ["closed until today at 11:00"]);
            anna.finishes(story, &held).await;
            assert!(anna.offers().is_empty(), "the line is closed now");
            story.line_is_changed(|line| line.hours.enabled = false).await;
            assert_eq!(anna.offers().len(), 1, "open round the clock");
        },
    );
}

#[test]
fn the_calendar_of_another_line_bites_where_it_is_followed() {
    tell(
        |line| anna_works(line, [("08:00", "18:00")]),
        async |story| {
            let anna = story.signs_in("anna").await;
            for (calendar, shard, customer) in [("office", 0, 501), ("shop", 1, 502)] {
                let opens_at_ten = [("10:00", "18:00")];
                let settings = |line: &mut LineSettings| open_at(&mut line.hours, opens_at_ten);
                story.opens_line((calendar, shard), calendar, settings).await;
                let followed = Some(LineId::new(calendar));
                story.line_is_changed(|line| line.hours.calendar_of = followed).await;
                story.customer_writes(customer, "hello").await;
                assert_eq!(story.platform.sent_to(customer), ["closed until today at 10:00"]);
                let opens =
                    |line: &mut LineSettings| open_at(&mut line.hours, [("09:00", "18:00")]);
                story.changes_line(calendar, opens).await;
                anna.accepts_it(story).await;
            }
        },
    );
}

#[test]
fn a_line_that_is_switched_on_routes_what_waits() {
    tell(
        |line| {
            anna_works(line, [("08:00", "18:00")]);
            line.active = false;
        },
        async |story| {
            anna_has_one_place(story).await;
            let anna = story.signs_in("anna").await;
            story.customer_writes(502, "the first").await;
            story.seconds_pass(1).await;
            story.customer_writes(501, "the second").await;
            assert_eq!(story.platform.sent_to(502), [""; 0], "it says nothing");
            story.line_is_changed(|line| line.active = true).await;
            assert_eq!(story.messages(&anna.offer().0).await, ["the first"]);
        },
    );
}

#[test]
fn a_process_that_starts_while_the_line_is_closed_opens_it_on_time() {
    tell(
        |line| anna_works(line, [("09:02", "18:00")]),
        async |story| {
            story.customer_writes(501, "hello").await;
            story.time_jumps(60).await;
            let [anna] = story.restarts_with(["anna"]).await;
            story.waits(59).await;
            assert!(anna.offers().is_empty());
            story.seconds_pass(1).await;
            anna.accepts_it(story).await;
            assert_eq!(story.platform.sent_to(501).len(), 1, "told once, over the restart");
        },
    );
}

#[test]
fn an_opening_that_nobody_lived_to_see_is_made_up_for() {
    tell(
        |line| anna_works(line, [("09:02", "18:00")]),
        async |story| {
            anna_has_one_place(story).await;
            story.customer_writes(502, "the first").await;
            story.seconds_pass(1).await;
            story.customer_writes(501, "the second").await;
            story.dies().await;
            story.time_jumps(600).await;
            let [anna] = story.restarts_with(["anna"]).await;
            let first = anna.accepts_it(story).await;
            assert_eq!(story.messages(&first).await[0], "the first");
            assert_eq!(story.times("accepted", &first).await, 1);
        },
    );
}

#[test]
fn a_closing_that_nobody_lived_to_see_is_made_up_for() {
    tell(
        |line| anna_works(line, [("08:00", "09:02")]),
        async |story| {
            story.customer_writes(501, "hello").await;
            story.dies().await;
            story.time_jumps(600).await;
            let [anna] = story.restarts_with(["anna"]).await;
            assert_eq!(story.platform.sent_to(501), ["closed until Monday, 9 March at 08:00"]);
            assert!(anna.offers().is_empty());
        },
    );
}

#[test]
fn a_lunch_that_nobody_lived_to_see_has_not_been() {
    tell(
        |line| anna_works(line, [("08:00", "09:02"), ("09:05", "18:00")]),
        async |story| {
            story.customer_writes(501, "hello").await;
            story.dies().await;
            story.time_jumps(600).await;
            let [anna] = story.restarts_with(["anna"]).await;
            assert_eq!(anna.offers().len(), 1);
            assert_eq!(story.platform.sent_to(501), [""; 0]);
        },
    );
}

#[test]
fn an_open_hour_that_nobody_lived_to_see_is_gone() {
    tell(
        |line| anna_works(line, [("09:02", "09:05")]),
        async |story| {
            story.customer_writes(501, "hello").await;
            story.dies().await;
            story.time_jumps(4_000).await;
            let [anna] = story.restarts_with(["anna"]).await;
            assert!(anna.offers().is_empty(), "it is closed again");
            let told = ["closed until today at 09:02", "closed until Monday, 9 March at 09:02"];
            assert_eq!(story.platform.sent_to(501), told, "this is another closed time");
        },
    );
}
