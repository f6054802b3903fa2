//! The visitors' protocol in two languages: what is sampled here the page's compiler checks, and the
//! page's samples are read here. `UPDATE=1` writes ours anew.

use std::collections::BTreeMap;
use std::path::PathBuf;

use domain::id::{ConversationId, EntryNumber};
use domain::line::RatingScale;
use serde_json::Value;
use strum::EnumCount;
use switchboard::protocol::visitor::{
    ChatState, OpenHours, OpenRating, Phase, QueueState, Shown, VisitorError, VisitorFile,
    VisitorFrame, VisitorItem, VisitorNews, VisitorOutcome, VisitorRefusal, VisitorServerFrame,
    Writer,
};

const CONVERSATION: &str = "0-0195512e-0000-7000-8000-000000000001";
const ID: &str = "0195512e-0000-7000-8000-0000000000a1";
const HEAD: &str = "import type { Samples } from \"./protocol.ts\";

/** One frame of each kind that the hub sends; `news` holds one item of each kind.
 *  Written by the hub's tests: `UPDATE=1 cargo test --test it widget::protocol`. */
export const samples: Samples = ";

#[test]
fn the_page_is_checked_against_every_frame_of_the_hub() {
    let frames = samples();
    assert_eq!(frames.len(), VisitorServerFrame::COUNT, "one sample of each kind of frame");
    let kinds: std::collections::BTreeSet<&'static str> =
        items().iter().map(<&'static str>::from).collect();
    assert_eq!(kinds.len(), VisitorItem::COUNT, "each kind of item");
    let sample = |frame: &VisitorServerFrame| {
        let json = serde_json::to_string_pretty(frame).unwrap();
        format!("  {}: {}", <&str>::from(frame), json.replace('\n', "\n  "))
    };
    let samples: Vec<_> = frames.iter().map(sample).collect();
    let text = format!("{HEAD}{{\n{},\n}};\n", samples.join(",\n"));
    let file = folder().join("samples.ts");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap();
    assert!(found == text, "{} is not up to date: run again with UPDATE=1", file.display());
}

#[test]
fn the_hub_understands_every_frame_of_the_page() {
    let text = std::fs::read_to_string(folder().join("visitor_samples.json")).unwrap();
    let frames: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(frames.len(), VisitorFrame::COUNT, "one sample of each kind of frame");
    for (kind, frame) in frames {
        let read: VisitorFrame = serde_json::from_value(frame.clone()).unwrap();
        assert_eq!(<&str>::from(&read), kind);
        let mut more = frame;
        more["surplus"] = Value::Null;
        let refused = serde_json::from_value::<VisitorFrame>(more);
        assert!(refused.is_err(), "{kind} takes a field that it does not know");
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("web-client/widget/core")
}

fn samples() -> Vec<VisitorServerFrame> {
    let why = VisitorRefusal::TooFast { seconds: 4 };
    vec![
        VisitorServerFrame::News(VisitorNews {
            reset: true,
            items: items(),
            position: Some(format!("{CONVERSATION}.12")),
            state: state(),
        }),
        VisitorServerFrame::Result {
            id: ID.parse().unwrap(),
            outcome: VisitorOutcome::Refused { why },
        },
        VisitorServerFrame::Typing {},
        VisitorServerFrame::Beat {},
        VisitorServerFrame::Reconnect { after_ms: 1_500 },
        VisitorServerFrame::Error { code: VisitorError::BadToken, message: "start anew".into() },
    ]
}

fn items() -> Vec<VisitorItem> {
    let conversation = ConversationId::new(CONVERSATION);
    let anna = Shown { name: "Anna".into(), picture: Some("https://shop.example/a.png".into()) };
    let message = |n, from, text: &str, id: Option<&str>, rating| VisitorItem::Message {
        conversation: conversation.clone(),
        n: EntryNumber(n),
        at: "2026-03-02T09:00:00Z".parse().unwrap(),
        from,
        text: text.into(),
        id: id.map(str::to_owned),
        rating,
        files: Vec::new(),
        edited: false,
        deleted: false,
    };
    let mut with_file = message(4, Writer::Person(anna), "Yes, it is.", None, None);
    if let VisitorItem::Message { files, .. } = &mut with_file {
        let name = "lamp.jpg".to_owned();
        files.push(VisitorFile { index: 0, name, size_bytes: Some(70_423), picture: true });
    }
    if let VisitorItem::Message { edited, .. } = &mut with_file {
        *edited = true;
    }
    let mut gone = message(5, Writer::Company {}, "", None, None);
    if let VisitorItem::Message { deleted, .. } = &mut gone {
        *deleted = true;
    }
    vec![
        message(1, Writer::Visitor {}, "Is it in stock?", Some(ID), None),
        with_file,
        gone,
        message(6, Writer::Company {}, "How did we do?", None, Some(RatingScale::Stars)),
        VisitorItem::Rated { conversation, scale: RatingScale::Stars, value: 5 },
    ]
}

fn state() -> ChatState {
    ChatState {
        phase: Phase::Waiting,
        with: None,
        queue: Some(QueueState { position: 2, wait_minutes: Some(3), staffed: true }),
        rating: Some(OpenRating {
            conversation: ConversationId::new(CONVERSATION),
            scale: RatingScale::Stars,
        }),
        hours: OpenHours { open: true, opens_at: None },
    }
}
