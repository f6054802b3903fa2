//! What a conversation answers, as a story tells it. Questions to the queue go without saying.

use crate::effect::{Effect, PlaceLimit};
use crate::entry::{Author, Body, Entry, Fact, Record};
use crate::id::OperatorId;
use crate::texts::Kind;

/// What concerns the conversation, its places and the queue.
pub(super) fn in_words(effect: &Effect) -> Option<String> {
    Some(match effect {
        Effect::Append(record) => record_in_words(record),
        Effect::Send { entry, rating: None, .. } => format!("send {}", entry.0),
        Effect::Send { entry, rating: Some(_), .. } => format!("send {} with buttons", entry.0),
        Effect::Correct { entry, .. } => format!("correct {}", entry.0),
        Effect::Copy { entry, attachment, .. } => format!("copy {} of {}", attachment, entry.0),
        Effect::Reserve { operator, limit: PlaceLimit::Capacity } => format!("reserve {operator}"),
        Effect::Reserve { operator, limit: PlaceLimit::Beyond } => {
            format!("reserve {operator} beyond")
        }
        Effect::Release { operator } => format!("release {operator}"),
        Effect::Count { operator, by, .. } => format!("count {operator} {by:+}"),
        Effect::Closed => "free".to_owned(),
        Effect::Refuse(refusal) => format!("refused: {refusal:?}"),
        Effect::Ignore(reason) => format!("ignored: {reason}"),
        Effect::Seek(_)
        | Effect::Answered { .. }
        | Effect::Missed { .. }
        | Effect::Assigned { .. }
        | Effect::Consented
        | Effect::Spam { .. }
        | Effect::Finished { .. }
        | Effect::Continue(_) => return None,
    })
}

/// What concerns others: cards, leads, who is awake, other lines.
pub(super) fn news_in_words(effect: &Effect) -> Option<String> {
    Some(match effect {
        Effect::Answered { operator } => format!("{operator} is awake"),
        Effect::Missed { operator } => format!("{operator} sleeps"),
        Effect::Assigned { operator, via } => format!("{operator} has it by {}", plain(via)),
        Effect::Consented => "consented".to_owned(),
        Effect::Spam { by, block: false } => format!("spam, says {by}"),
        Effect::Spam { by, block: true } => format!("spam, says {by}, and blocks"),
        Effect::Finished { operator: Some(operator) } => format!("over for {operator}"),
        Effect::Finished { operator: None } => "over for nobody".to_owned(),
        Effect::Continue(next) => format!("goes on in {} as {}", next.line, next.id),
        Effect::Append(_)
        | Effect::Send { .. }
        | Effect::Copy { .. }
        | Effect::Correct { .. }
        | Effect::Seek(_)
        | Effect::Reserve { .. }
        | Effect::Release { .. }
        | Effect::Count { .. }
        | Effect::Closed
        | Effect::Refuse(_)
        | Effect::Ignore(_) => return None,
    })
}

fn record_in_words(record: &Record) -> String {
    match record {
        Record::Entry { entry, .. } => entry_in_words(entry),
        Record::Edited { text, .. } => format!("edited: {text}"),
        Record::Delivery { entry, delivery, .. } => {
            format!("delivery of {}: {delivery:?}", entry.0)
        }
        Record::Copied { entry, attachment, copy, .. } => {
            format!("file {attachment} of {}: {}", entry.0, plain(copy))
        }
        Record::Deleted { external_ids, .. } => format!("deleted: {}", external_ids.join(", ")),
        Record::Reacted { reaction, .. } => format!("reacted: {reaction}"),
        Record::Corrected { entry, correction, state, .. } => {
            format!("{correction:?} of {}: {state:?}", entry.0)
        }
    }
}

fn entry_in_words(entry: &Entry) -> String {
    let author = match &entry.author {
        Author::Customer => "customer",
        Author::Operator { id } => id.as_str(),
        Author::Elsewhere => "elsewhere",
        Author::Line => "line",
    };
    match &entry.body {
        Body::Message(message) => {
            let what = message.automatic.map_or(message.text.clone(), text_in_words);
            assert_eq!(message.automatic.is_some(), author == "line", "whose words are these?");
            assert!(author != "line" || !message.text.is_empty(), "the line says nothing");
            match message.unheard {
                Some(why) => format!("{author}, {}: {what}", plain(why)),
                None => format!("{author}: {what}"),
            }
        }
        Body::Note { text } => format!("{author} notes: {text}"),
        Body::Fact(fact) => {
            assert_eq!(author, "line", "facts are the line's");
            fact_in_words(fact)
        }
    }
}

fn text_in_words(kind: Kind) -> String {
    format!("{} text", plain(kind))
}

fn fact_in_words(fact: &Fact) -> String {
    match fact {
        Fact::Routed { offer: None, listed_for: None, .. } => "nobody".to_owned(),
        Fact::Routed { offer: None, listed_for: Some(owner), .. } => {
            format!("nobody, listed for {owner}")
        }
        Fact::Routed { operators, listed_for: None, .. } => format!("offered {}", names(operators)),
        Fact::Routed { operators, listed_for: Some(owner), .. } => {
            format!("offered {}, listed for {owner}", names(operators))
        }
        Fact::Accepted { operator } => format!("accepted {operator}"),
        Fact::Declined { operator, .. } => format!("declined {operator}"),
        Fact::Missed { operators } => format!("missed {}", names(operators)),
        Fact::Left { operator } => format!("left {operator}"),
        Fact::Taken { operator } => format!("taken {operator}"),
        Fact::TakenOver { operator, from } => format!("taken over {operator} from {from}"),
        Fact::PickedUp { operator } => format!("picked up {operator}"),
        Fact::RoundExhausted { round } => format!("exhausted {round}"),
        Fact::Transferred { operator, to, .. } => format!("{operator} hands it to {to}"),
        Fact::TransferEnded { operator, to, how, .. } => {
            format!("back to {operator} from {to}: {}", plain(how))
        }
        Fact::Moved { operator, line, next, .. } => {
            format!("{operator} moves it to {line}: {next}")
        }
        Fact::CameFrom { operator, line, .. } => format!("{operator} sends it from {line}"),
        Fact::RoutedAgain { from, why, by: None } => {
            format!("routed again from {from}: {}", plain(why))
        }
        Fact::RoutedAgain { from, why, by: Some(by) } => {
            format!("routed again from {from}: {} {by}", plain(why))
        }
        Fact::Returned { operator } => format!("returned {operator}"),
        Fact::AnswerLate { operator } => format!("late {operator}"),
        Fact::PutOnHold { operator, .. } => format!("on hold {operator}"),
        Fact::HoldEnded { operator } => format!("hold ended {operator}"),
        Fact::TopicChosen { topic: Some(topic), .. } => format!("topic {topic}"),
        Fact::TopicChosen { topic: None, .. } => "no topic".to_owned(),
        Fact::Invited { operator, colleague } => format!("{operator} invites {colleague}"),
        Fact::Joined { operator } => format!("joined {operator}"),
        Fact::LeftAgain { operator } => format!("left again {operator}"),
        Fact::Finished { operator, silent: false } => format!("finished {operator}"),
        Fact::Finished { operator, silent: true } => format!("finished silently {operator}"),
        Fact::SilentTooLong => "silent too long".to_owned(),
        Fact::RatingRequested { scale } => format!("rating asked: {}", plain(scale)),
        Fact::Rated { scale, value } => format!("rated {value} of {}", plain(scale)),
        Fact::Reviewed { operator, stars, .. } => format!("{operator} gives {stars}"),
        Fact::MarkedSpam { operator, blocked: false } => format!("spam {operator}"),
        Fact::MarkedSpam { operator, blocked: true } => format!("spam and blocked {operator}"),
        Fact::Reopened { operator } => format!("reopened {operator}"),
        Fact::Closed { .. } => "closed".to_owned(),
        Fact::TextSuppressed { text } => format!("suppressed: {}", text_in_words(*text)),
        Fact::CustomerUnreachable { reason } => format!("unreachable: {reason}"),
        Fact::CustomerReachable => "reachable".to_owned(),
    }
}

fn names(operators: &[OperatorId]) -> String {
    operators.iter().map(OperatorId::as_str).collect::<Vec<_>>().join(" ")
}

/// The word for it as the API says it.
fn plain(word: impl serde::Serialize) -> String {
    let word = serde_json::to_value(word).expect("a word");
    word.as_str().expect("a word").replace('_', " ")
}
