//! A node that has not heard yet of what another one knows already.

use domain::id::{ChannelId, LineId, ShardId};
use domain::line::LineSettings;
use switchboard::actors::handle::Accepted;
use switchboard::protocol::{ClientFrame, TransferTo};

use crate::nodes::{Among, tell_among};
use crate::story::{Sent, new_id, operators};

/// Where node `b` has lines, which hears of nothing by a signal. Changes are written at the other one.
const B: ShardId = ShardId(1);

fn tell_lagging(story: impl AsyncFn(&mut Among)) {
    tell_among(["a"], with_two, async |among| {
        among.joins_deaf("b").await;
        among.passes(20_000).await;
        assert_eq!(among.owner_of(ShardId(0)).await, Some("a"));
        assert_eq!(among.owner_of(B).await, Some("b"));
        among.opens_line(("night", B.0), "night", |_| {}).await;
        among.passes(1_000).await;
        story(among).await;
    });
}

/// Before it looks for what no signal has told: something comes in there.
async fn b_looks_into_its_inbox(among: &mut Among) {
    among.stands_at("b");
    let _taken = among.arrives("night", "501", Sent::Text("is anybody there?")).await;
    among.stands_at("a");
    among.passes(1_000).await;
}

#[test]
fn what_arrives_on_a_channel_that_the_owner_has_not_heard_of_is_not_lost() {
    tell_lagging(async |among| {
        let anna = among.signs_in("anna").await;
        among.opens_line(("claims", B.0), "shop", with_two).await;
        let taken = among.arrives("shop", "77", Sent::Text("hello")).await;
        assert_eq!(taken, Ok(Accepted::Created));
        b_looks_into_its_inbox(among).await;
        let (conversation, _) = anna.offer();
        assert_eq!(among.row(&conversation).await.line, LineId::new("claims"));
    });
}

#[test]
fn what_is_handed_to_a_line_that_its_owner_has_not_heard_of_is_not_lost() {
    tell_lagging(async |among| {
        let anna = among.signs_in("anna").await;
        among.opens_line(("support", 0), "desk", with_two).await;
        let _taken = among.arrives("desk", "77", Sent::Text("hello")).await;
        let conversation = anna.accepts_it(among).await;
        among.passes(1_000).await;
        let boris = among.signs_in("boris").await;
        among.opens_line(("claims", B.0), "shop", with_two).await;
        anna.says(&ClientFrame::Transfer {
            cmd_id: new_id(),
            conversation,
            to: TransferTo::Line { id: LineId::new("claims") },
            comment: None,
            confirmed: true,
        });
        among.settles().await;
        b_looks_into_its_inbox(among).await;
        let (part, _) = boris.offer();
        assert_eq!(part.shard(), Some(B));
    });
}

#[test]
fn whoever_asks_first_hears_of_all_that_others_have_changed() {
    tell_lagging(async |among| {
        among.opens_line(("claims", B.0), "shop", with_two).await;
        let (b, shop) = (among.node("b"), ChannelId::new("shop"));
        assert!(!b.directory().channels.contains_key(&shop));
        assert_eq!(b.hears_of_all().await, Ok(()));
        assert!(b.directory().channels.contains_key(&shop));
    });
}

fn with_two(line: &mut LineSettings) {
    line.queue.operators = operators(["anna", "boris"]);
}
