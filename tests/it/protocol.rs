//! One protocol, two languages: the samples made here are type-checked by the web client's
//! compiler, and the web client's samples are read here. `UPDATE=1` writes ours anew.

use std::collections::BTreeMap;
use std::path::PathBuf;

use domain::channel::{AfterWindow, ReplyWindow};
use domain::effect::Refusal;
use domain::entry::{Author, Body, Correction, CorrectionState, DeliveryState, Entry, Message};
use domain::event::{Alarm, Row, RowOffer, RowRating, RowState};
use domain::file::{FileCopy, PictureSize, StoredFile};
use domain::id::{
    ChannelId, ConversationId, CustomerId, EntryNumber, FileId, LineId, OfferId, OperatorId,
    ShardId,
};
use domain::line::RatingScale;
use domain::operator::{Role, Status};
use domain::routing::Via;
use jiff::Timestamp;
use serde_json::Value;
use strum::EnumCount;
use switchboard::protocol::{
    ChannelView, ClientFrame, CommandRefusal, ErrorCode, Event, FeedPosition, LineView, Me,
    OperatorView, Outcome, ServerFrame,
};

const CONVERSATION: &str = "0-0195512e-0000-7000-8000-000000000001";
const HEAD: &str = "import type { Samples } from \"./protocol.ts\";

/** One frame of each kind that the server sends; `events` holds one event of each kind.
 *  Written by the server's tests: `UPDATE=1 cargo test --test it protocol`. */
export const samples: Samples = ";

#[test]
fn the_web_client_is_checked_against_every_frame_of_the_server() {
    let frames = samples();
    assert_eq!(frames.len(), ServerFrame::COUNT, "one sample of each kind of frame");
    let kinds: Vec<_> = events().iter().map(<&'static str>::from).collect();
    assert_eq!(kinds.len(), Event::COUNT, "one sample of each kind of event: {kinds:?}");
    let sample = |frame: &ServerFrame| {
        // Parsed once more, as what is encoded beforehand has no lines.
        let value = serde_json::to_value(frame).unwrap();
        let json = serde_json::to_string_pretty(&value).unwrap();
        format!("  {}: {}", <&str>::from(frame), json.replace('\n', "\n  "))
    };
    let samples: Vec<_> = frames.iter().map(sample).collect();
    let text = format!("{HEAD}{{\n{},\n}};\n", samples.join(",\n"));
    let file = client_folder().join("samples.ts");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap();
    assert!(found == text, "{} is not up to date: run again with UPDATE=1", file.display());
}

#[test]
fn the_server_understands_every_frame_of_the_web_client() {
    let text = std::fs::read_to_string(client_folder().join("client_samples.json")).unwrap();
    let frames: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(frames.len(), ClientFrame::COUNT, "one sample of each kind of frame");
    for (kind, frame) in frames {
        let read: ClientFrame = serde_json::from_value(frame.clone()).unwrap();
        assert_eq!(<&str>::from(&read), kind);
        let mut more = frame;
        more["surplus"] = Value::Null;
        let refused = serde_json::from_value::<ClientFrame>(more);
        assert!(refused.is_err(), "{kind} takes a field that it does not know");
    }
}

fn client_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("web-client/client")
}

fn samples() -> Vec<ServerFrame> {
    let positions = vec![position("0:3-49.0a1b2c3d"), position("1:1-7.4e5f6a7b")];
    vec![
        ServerFrame::Welcome { protocol: 1, me: me(), beat_seconds: 10, now: at("09:00:00") },
        ServerFrame::Snapshot {
            positions: vec![position("0:3-41.0a1b2c3d"), position("1:1-7.4e5f6a7b")],
            lines: vec![line()],
            channels: vec![channel()],
            operators: vec![person("anna", Status::Available), person("boris", Status::Away)],
            rows: vec![waiting_row()],
        },
        ServerFrame::Events {
            shard: ShardId(0),
            from: position("0:3-41.0a1b2c3d"),
            to: position("0:3-49.0a1b2c3d"),
            events: events(),
        },
        ServerFrame::Typing { conversation: ConversationId::new(CONVERSATION) },
        ServerFrame::CaughtUp {},
        ServerFrame::Result {
            cmd_id: "0195512e-0000-7000-8000-0000000000c1".parse().unwrap(),
            outcome: Outcome::refused(CommandRefusal::Conversation(Refusal::NoLongerYours {
                holder: Some(OperatorId::new("boris")),
            })),
        },
        ServerFrame::Beat { positions, now: at("09:00:20"), memory_percent: Some(62) },
        ServerFrame::Reconnect { after_ms: 1_500 },
        ServerFrame::Error { code: ErrorCode::BadFrame, message: "missing field `to`".into() },
    ]
}

fn events() -> Vec<Event> {
    let conversation = ConversationId::new(CONVERSATION);
    vec![
        Event::Row { row: active_row().into() },
        Event::Gone { conversation: ConversationId::new("0-0195512e-0000-7000-8000-000000000002") },
        Event::Entry { conversation: conversation.clone(), entry: answer().into() },
        Event::Edited {
            conversation: conversation.clone(),
            external_id: "1001".into(),
            text: "Is it in stock? In blue?".into(),
            at: at("09:00:12"),
        },
        Event::Delivery {
            conversation: conversation.clone(),
            entry: EntryNumber(6),
            delivery: DeliveryState::Failed { reason: "the customer blocked the bot".into() },
        },
        Event::File {
            conversation: conversation.clone(),
            entry: EntryNumber(5),
            attachment: 0,
            copy: FileCopy::Stored { file: picture() },
        },
        Event::Reacted {
            conversation: conversation.clone(),
            external_id: "1001".into(),
            reaction: "👍".into(),
        },
        Event::Deleted { conversation, external_ids: vec!["1001".into()], at: at("09:00:12") },
        Event::Corrected {
            conversation: ConversationId::new(CONVERSATION),
            entry: EntryNumber(6),
            correction: Correction::Edit { text: "Yes, it is, in blue.".into() },
            state: CorrectionState::Failed { reason: "400: message can't be edited".into() },
            at: at("09:00:12"),
        },
        Event::Line { line: line() },
        Event::Channel { channel: channel() },
        Event::Operator { operator: person("boris", Status::Busy) },
        Event::Alarm {
            line: LineId::new("sales"),
            alarm: Alarm::AnswerLate {
                conversation: ConversationId::new(CONVERSATION),
                operator: OperatorId::new("anna"),
            },
            at: at("09:00:13"),
        },
    ]
}

fn picture() -> StoredFile {
    StoredFile {
        id: FileId::new("b3Nlcy1yZWQtdmlvbGV0cy1ibHVl"),
        name: "blue.jpg".into(),
        media_type: "image/jpeg".into(),
        size_bytes: 48_213,
        picture: Some(PictureSize { width: 640, height: 480 }),
    }
}

fn answer() -> Entry {
    let message = Message {
        text: "Yes, it is.".into(),
        reply_to: Some("1001".into()),
        delivery: Some(DeliveryState::Pending),
        ..Message::default()
    };
    Entry {
        n: EntryNumber(6),
        at: at("09:00:10"),
        author: Author::Operator { id: OperatorId::new("anna") },
        body: Body::Message(message),
    }
}

fn waiting_row() -> Row {
    let offer = RowOffer {
        operator: OperatorId::new("anna"),
        offer: OfferId(2),
        until: at("09:01:00"),
        via: Via::Transfer,
    };
    Row {
        conversation: ConversationId::new(CONVERSATION),
        line: LineId::new("sales"),
        channel: ChannelId::new("bot"),
        customer: Some(CustomerId::new("0195512e-0000-7000-8000-0000000000d1")),
        customer_name: "Ivan Petrov".into(),
        state: RowState::Offered,
        operator: None,
        offers: vec![offer],
        handed_by: Some(OperatorId::new("boris")),
        listed_for: Some(OperatorId::new("clara")),
        held: vec![OperatorId::new("boris")],
        joined: vec![OperatorId::new("clara")],
        unanswered: false,
        waiting_since: Some(at("08:59:30")),
        late: false,
        hold_until: None,
        topic: Some("Delivery".into()),
        rating: None,
        review: None,
        reason: None,
        continues: Some(ConversationId::new("0-0195512e-0000-7000-8000-000000000000")),
        started_at: at("08:59:30"),
        updated_at: at("09:00:00"),
        preview: String::new(),
        preview_kind: Some("photo".into()),
        last_entry: EntryNumber(5),
    }
}

fn active_row() -> Row {
    Row {
        state: RowState::Active,
        operator: Some(OperatorId::new("anna")),
        offers: Vec::new(),
        handed_by: None,
        listed_for: None,
        held: vec![OperatorId::new("boris"), OperatorId::new("anna")],
        waiting_since: None,
        hold_until: Some(at("10:00:00")),
        rating: Some(RowRating { scale: RatingScale::Stars, value: 5 }),
        review: Some(4),
        updated_at: at("09:00:10"),
        preview: "Yes, it is.".into(),
        preview_kind: None,
        last_entry: EntryNumber(6),
        ..waiting_row()
    }
}

fn me() -> Me {
    Me {
        id: OperatorId::new("anna"),
        name: "Anna".into(),
        role: Role::Supervisor,
        status: Status::Away,
        status_reason: Some("lunch".into()),
        set_away: true,
        queues: vec![LineId::new("sales")],
        supervises: vec![LineId::new("sales"), LineId::new("support")],
    }
}

fn line() -> LineView {
    LineView {
        id: LineId::new("sales"),
        name: "Sales".into(),
        active: true,
        archived: false,
        topics: vec!["Delivery".into(), "Returns".into()],
        topic_required: true,
    }
}

fn channel() -> ChannelView {
    ChannelView {
        id: ChannelId::new("bot"),
        name: "Shop bot".into(),
        platform: "telegram".into(),
        line: LineId::new("sales"),
        corrects: true,
        window: Some(ReplyWindow { hours: 24, then: AfterWindow::Template }),
    }
}

fn person(id: &str, status: Status) -> OperatorView {
    let name = format!("{}{}", id[..1].to_uppercase(), &id[1..]);
    OperatorView {
        id: OperatorId::new(id),
        name,
        role: Role::Operator,
        status,
        status_reason: None,
        set_away: false,
        enabled: true,
    }
}

fn at(time: &str) -> Timestamp {
    format!("2026-03-01T{time}Z").parse().unwrap()
}

fn position(text: &str) -> FeedPosition {
    FeedPosition(text.into())
}
