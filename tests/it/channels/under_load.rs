//! Many chats of each platform while it is slow, refuses, asks to wait, waits for no message and cuts
//! connections: each chat has its messages in their order, nothing is lost, nothing comes twice that was
//! not interrupted, who is asked to wait waits, and nobody waits for another.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::entry::{Body, DeliveryState, Message};
use domain::id::{ConversationId, EntryNumber};
use domain::line::LineSettings;
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::json;
use switchboard::channels;
use switchboard::protocol::{Event, Outcome};

use super::senders::{ALL, Fake, Sender};
use crate::fakes::server::Request;
use crate::fakes::telegram::{Fault, Gate};
use crate::files::{PIXEL, uploaded};
use crate::story::{Desk, Sent, Story, operators, tell};

/// The channel to which they belong.
const OUT: &str = "out";
const CHATS: usize = 6;
const MESSAGES: usize = 5;
/// Calls of a chat, and of a step before its messages, that something may go wrong with.
const TROUBLED_CALLS: u64 = 14;
/// The chat that is asked to wait again and again.
const SLOW: usize = 0;
const SLOW_SECONDS: u64 = 100;

fn anna_sells(line: &mut LineSettings) {
    line.queue.operators = operators(["anna"]);
}

/// Ids that each platform could give.
fn chat(n: usize) -> String {
    format!("{}", 7_000 + n)
}

/// A chat with its conversation, and what Anna wrote there.
struct Talk {
    chat: String,
    id: ConversationId,
    /// The parts of each message, as the platform is to have them.
    messages: Vec<Vec<(String, usize)>>,
}

async fn talks(story: &mut Story, fake: &Fake, anna: &Desk) -> Vec<Talk> {
    story.opens_channel(OUT, fake.settings.clone()).await;
    let mut talks = Vec::new();
    for n in 0..CHATS {
        let mut hello = story.arrival(OUT, &chat(n), Sent::Text("hello"));
        hello.inbound.return_to = fake.return_to.as_deref().map(Arc::from);
        story.node.arrive(hello).await.unwrap();
        story.settles().await;
        talks.push(Talk { chat: chat(n), id: anna.accepts_it(story).await, messages: Vec::new() });
    }
    talks
}

impl Talk {
    /// Anna writes; what follows may still be under way.
    async fn is_told(&mut self, story: &Story, anna: &Desk, fake: &Fake, n: usize) {
        let text = match n {
            3 => format!("{n} {}", "long ".repeat(500)),
            _ => n.to_string(),
        };
        let files = match n {
            1 => vec![uploaded(story, &self.id, PIXEL).await],
            2 => vec![uploaded(story, &self.id, b"apples 1").await],
            _ => Vec::new(),
        };
        let ids: Vec<_> = files.iter().map(|file| file.id.clone()).collect();
        anna.begins("reply", &self.id, json!({ "text": text, "files": ids }));
        let parts = channels::parts(&fake.settings, &text, &files);
        self.messages.push(parts.into_iter().map(|part| (part.text, part.files.len())).collect());
    }

    fn stands(&self, fake: &Fake) -> Vec<(String, usize)> {
        let all = fake.stands().into_iter().filter(|(chat, ..)| *chat == self.chat);
        all.map(|(_, text, files)| (text, files)).collect()
    }

    fn has_everything(&self, fake: &Fake) -> bool {
        self.stands(fake) == self.messages.concat()
    }

    /// Anna's messages, as she is shown them.
    async fn shown(&self, story: &Story, anna: &Desk) -> Vec<(EntryNumber, DeliveryState)> {
        let entries = story.entries(&self.id).await.into_iter();
        let mut stored = Vec::new();
        for entry in entries {
            if let Body::Message(Message { delivery: Some(delivery), .. }) = entry.body {
                stored.push((entry.n, delivery));
            }
        }
        let told: BTreeMap<EntryNumber, DeliveryState> =
            anna.events().into_iter().filter_map(|event| self.told(event)).collect();
        assert_eq!(stored, Vec::from_iter(told), "she is told what is stored");
        stored
    }

    fn told(&self, event: Event) -> Option<(EntryNumber, DeliveryState)> {
        match event {
            Event::Delivery { conversation, entry, delivery, .. } if conversation == self.id => {
                Some((entry, delivery))
            }
            _ => None,
        }
    }
}

/// Looks at what is so far until it is so; time stands still meanwhile.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let since = switchboard::clock::monotonic();
    while !is_so() {
        assert!(since.elapsed() < Duration::from_secs(10), "it is never so that {what}");
        tokio::task::yield_now().await;
    }
}

#[test]
fn nobody_waits_for_a_chat_whose_platform_does_not_answer() {
    for sender in ALL {
        tell(anna_sells, async |story| {
            let fake = (sender.starts)();
            let anna = story.signs_in("anna").await;
            let mut talks = talks(story, &fake, &anna).await;
            let (gate, chat_of) = (Gate::closed(), sender.chat_of);
            let held = gate.clone();
            fake.is_judged(Box::new(move |request| {
                (chat_of(request)? == chat(SLOW)).then(|| Fault::Held(held.clone()))
            }));
            // As many as every platform takes at once.
            talks.truncate(4);
            for n in 0..2 {
                for talk in &mut talks {
                    talk.is_told(story, &anna, &fake, n).await;
                }
            }
            let (slow, others) = talks.split_first().expect("some");
            let words = format!("the others have everything of {}", sender.kind);
            until(&words, || others.iter().all(|it| it.has_everything(&fake))).await;
            assert_eq!(slow.stands(&fake), [], "{}", sender.kind);
            gate.opens();
            story.seconds_pass(2).await;
            assert!(slow.has_everything(&fake), "{}", sender.kind);
        });
    }
}

#[test]
fn a_platform_that_did_not_wait_for_a_message_is_sent_it_again() {
    for sender in ALL {
        tell(anna_sells, async |story| {
            let fake = (sender.starts)();
            let anna = story.signs_in("anna").await;
            let mut talks = talks(story, &fake, &anna).await;
            let (chat_of, calls) = (sender.chat_of, Arc::new(Mutex::new(BTreeMap::new())));
            let called = calls.clone();
            fake.is_judged(Box::new(move |request| {
                let mut called = called.lock().unwrap();
                let of_chat = called.entry(chat_of(request)?).or_insert(0);
                *of_chat += 1;
                (*of_chat == 1).then_some(Fault::NotWaitedFor)
            }));
            for talk in &mut talks {
                talk.is_told(story, &anna, &fake, 0).await;
            }
            story.seconds_pass(3).await;
            for talk in &talks {
                let words = format!("{}, chat {}", sender.kind, talk.chat);
                assert_eq!(calls.lock().unwrap()[&talk.chat], 2, "{words}");
                assert!(talk.has_everything(&fake), "{words}");
                let shown = talk.shown(story, &anna).await;
                assert!(matches!(shown[..], [(_, DeliveryState::Sent)]), "{words}: {shown:?}");
            }
        });
    }
}

/// What went wrong with the calls of each chat, and when by the story's clock.
type Log = Arc<Mutex<BTreeMap<String, Vec<(Timestamp, Option<Fault>)>>>>;

/// Decides by the seed, the chat and how often it was called, so that nothing depends on what runs
/// beside what.
struct Chance {
    seed: u64,
    sender: Sender,
    log: Log,
    steps: u64,
    /// Seconds of the story.
    now: Arc<AtomicI64>,
}

impl Chance {
    fn meets(&mut self, request: &Request) -> Option<Fault> {
        if let Some(chat) = (self.sender.chat_of)(request) {
            let mut log = self.log.lock().unwrap();
            let calls = log.entry(chat.clone()).or_default();
            let number: u64 = chat.parse().unwrap();
            let count = calls.len() as u64;
            let fault = if chat == self::chat(SLOW) {
                let asked = Fault::TooManyRequests { retry_after_seconds: SLOW_SECONDS };
                (count < 6 && count.is_multiple_of(2)).then_some(asked)
            } else {
                fault(self.seed * 1_000_000 + number * 100 + count, count)
            };
            let now = Timestamp::from_second(self.now.load(Ordering::SeqCst)).unwrap();
            calls.push((now, fault.clone()));
            return fault;
        }
        if !self.sender.steps.iter().any(|step| request.path.contains(step)) {
            return None;
        }
        self.steps += 1;
        fault(self.seed * 1_000_000 + self.steps, self.steps)
    }
}

fn fault(seed: u64, count: u64) -> Option<Fault> {
    let mut chance = StdRng::seed_from_u64(seed);
    // Every third call goes well, so that no message is given up.
    if count > TROUBLED_CALLS || count % 3 == 2 || chance.random_bool(0.2) {
        return None;
    }
    Some(match chance.random_range(0..6) {
        0 => Fault::Delay(Duration::from_millis(chance.random_range(1..20))),
        1 => Fault::TooManyRequests { retry_after_seconds: chance.random_range(1..30) },
        2 => Fault::Status(503, "Service Unavailable"),
        3 => Fault::Status(500, "Internal Server Error"),
        4 => Fault::RequestLost,
        _ => Fault::AnswerLost,
    })
}

#[test]
fn a_platform_full_of_faults_loses_reorders_and_doubles_nothing() {
    for (seed, sender) in (1..).zip(ALL) {
        let kind = sender.kind;
        tell(anna_sells, async |story| {
            let fake = (sender.starts)();
            let anna = story.signs_in("anna").await;
            let mut talks = talks(story, &fake, &anna).await;
            let (log, now) = (Log::default(), Arc::new(AtomicI64::new(story.now().as_second())));
            let (sender, steps) = (Sender { ..sender }, 0);
            let mut chance = Chance { seed, sender, log: log.clone(), steps, now: now.clone() };
            fake.is_judged(Box::new(move |request| chance.meets(request)));
            for n in 0..MESSAGES {
                for talk in &mut talks {
                    talk.is_told(story, &anna, &fake, n).await;
                }
            }
            for second in 0..8 * 60 {
                if second < 20 && second % 7 == 0 {
                    fake.cuts_connections(2);
                }
                now.fetch_add(1, Ordering::SeqCst);
                tokio::time::advance(Duration::from_millis(1_001)).await;
                story.settles().await;
            }
            fake.is_judged(Box::new(|_| None));
            for talk in &talks {
                let deliveries = talk.shown(story, &anna).await;
                let states: Vec<_> = deliveries.iter().map(|(_, state)| state.clone()).collect();
                let calls = log.lock().unwrap()[&talk.chat].clone();
                let words = format!("{kind}, chat {}: {states:?}, {calls:?}", talk.chat);
                is_as_shown(talk, &talk.stands(&fake), &states, &words);
                waits_as_asked(&calls, &words);
                for (number, (entry, state)) in deliveries.iter().enumerate() {
                    if *state == DeliveryState::Unconfirmed {
                        assert!(!sender_knows_repeats(kind), "{words}");
                        is_sent_again(story, &anna, &fake, talk, (number, *entry)).await;
                    }
                }
            }
        });
    }
}

fn sender_knows_repeats(kind: &str) -> bool {
    ALL.iter().any(|sender| sender.kind == kind && sender.knows_repeats)
}

/// What stands in a chat is what she is shown: all of what was sent, a beginning at most of what may
/// have been, in the order in which it was written and nothing twice.
fn is_as_shown(talk: &Talk, stands: &[(String, usize)], states: &[DeliveryState], words: &str) {
    assert_eq!(states.len(), talk.messages.len(), "{words}");
    let mut left = stands.iter().peekable();
    for (parts, state) in talk.messages.iter().zip(states) {
        let there = parts.iter().take_while(|part| left.next_if_eq(part).is_some()).count();
        match state {
            DeliveryState::Sent => assert_eq!(there, parts.len(), "{words}: {stands:?}"),
            DeliveryState::Unconfirmed => {}
            other => panic!("{words}: {other:?}"),
        }
    }
    assert_eq!(left.next(), None, "{words}: {stands:?}");
}

/// Whoever was asked to wait was not called before, nor much later than that.
fn waits_as_asked(calls: &[(Timestamp, Option<Fault>)], words: &str) {
    for pair in calls.windows(2) {
        let ((at, fault), (next, _)) = (&pair[0], &pair[1]);
        let waited = next.duration_since(*at).as_secs();
        if let Some(Fault::TooManyRequests { retry_after_seconds }) = fault {
            let asked = i64::try_from(*retry_after_seconds).unwrap();
            assert!(waited >= asked, "{words}: {waited} of {asked} s");
        }
    }
}

/// Once all is well a person has it sent again: it arrives, if it had not before.
async fn is_sent_again(
    story: &Story,
    anna: &Desk,
    fake: &Fake,
    talk: &Talk,
    (number, entry): (usize, EntryNumber),
) {
    let before = talk.stands(fake).len();
    let again = anna.asks(story, "send_again", &talk.id, json!({ "entry": entry })).await;
    assert_eq!(again, Outcome::Done {});
    for _ in 0..20 {
        tokio::time::advance(Duration::from_secs(1)).await;
        story.settles().await;
    }
    let parts = &talk.messages[number];
    let came = talk.stands(fake).split_off(before);
    assert!(!came.is_empty() && parts.ends_with(&came), "{came:?} of {parts:?}");
    let states = talk.shown(story, anna).await;
    assert_eq!(states[number], (entry, DeliveryState::Sent));
}
