//! The rows of the table of platforms.

use jiff::Timestamp;
use serde_json::{Value, json};
use switchboard::channels::meta::SIGNATURE_HEADER;
use switchboard::channels::proof::hmac_hex;
use switchboard::channels::{max, viber};

use super::platform::{Platform, Running, Signed};
use crate::fakes::{botframework, bots, meta, vk};

pub(crate) const ALL: [Platform; 7] =
    [VK, FACEBOOK, INSTAGRAM, WHATSAPP, BOT_FRAMEWORK, VIBER, MAX];

pub(crate) const VK: Platform = Platform {
    kind: "vk",
    settings: |base| {
        json!({
            "kind": "vk", "group_id": vk::GROUP.to_string(), "token": vk::TOKEN,
            "secret": vk::SECRET, "confirmation": vk::CONFIRMATION, "api_base": base,
        })
    },
    signed: |event, _now| Signed::plain(event),
    forged: |event, _now| {
        let with = |field: &str, value: Value| {
            let mut forged = event.clone();
            forged[field] = value;
            Signed::plain(&forged)
        };
        let mut without = event.clone();
        without.as_object_mut().expect("an object").remove("secret");
        let secrets = ["", "secret_of_another", " secret_of_the_community", &vk::SECRET[1..]];
        let mut forged: Vec<_> = secrets.map(|secret| with("secret", secret.into())).into();
        forged.push(with("secret", json!([vk::SECRET])));
        forged.push(with("group_id", json!(vk::GROUP + 1)));
        forged.push(with("group_id", Value::Null));
        forged.push(Signed::plain(&without));
        forged
    },
    as_ours: |mut sample, n| {
        if let Some(fields) = sample.as_object_mut() {
            fields.insert("secret".to_owned(), vk::SECRET.into());
            fields.insert("group_id".to_owned(), vk::GROUP.into());
            fields.insert("event_id".to_owned(), format!("sample-{n}").into());
        }
        sample
    },
    is_no_event: |name| {
        let no_event = ["error", "longpoll_", "messages_send_response", "confirmation"];
        no_event.iter().any(|part| name.contains(part))
    },
    events: || {
        let sent = vk::Sent {
            peer: "77".to_owned(),
            text: "from the page".to_owned(),
            id: 9,
            random_id: 0,
            payload: None,
            keyboard: None,
            attached: Vec::new(),
        };
        let mut photo = vk::message_new(77, 2, "");
        let sizes = json!([
            { "url": "https://vk.example/small.jpg", "width": 10, "height": 10 },
            { "url": "https://vk.example/large.jpg", "width": 100, "height": 100 },
        ]);
        photo["object"]["message"]["attachments"] =
            json!([{ "type": "photo", "photo": { "sizes": sizes } }]);
        vec![
            vk::message_new(77, 1, "hello"),
            photo,
            vk::message_reply(&sent, Some(5)),
            vk::event("message_deny", "deny-1", &json!({ "user_id": 77 })),
            vk::event("wall_post_new", "wall-1", &json!({ "id": 1 })),
        ]
    },
    together: None,
    answer: |_| "ok",
    starts: Running::ignorant,
};

fn signed_by_app(event: &Value, _now: Timestamp) -> Signed {
    let body = event.to_string().into_bytes();
    let signature = format!("sha256={}", hmac_hex(meta::APP_SECRET, &body));
    Signed { headers: vec![(SIGNATURE_HEADER, signature)], body }
}

fn forged_by_app(event: &Value, now: Timestamp) -> Vec<Signed> {
    let genuine = signed_by_app(event, now);
    let signature = genuine.headers[0].1.clone();
    let hex = signature.trim_start_matches("sha256=").to_owned();
    let with =
        |headers: Vec<(&'static str, String)>| Signed { headers, body: genuine.body.clone() };
    let mut changed = genuine.clone();
    changed.body.push(b' ');
    let other = hmac_hex("secret_of_another_app", &genuine.body);
    vec![
        with(Vec::new()),
        with(vec![(SIGNATURE_HEADER, hex.clone())]),
        with(vec![(SIGNATURE_HEADER, format!("sha256={}", hex.to_uppercase()))]),
        with(vec![(SIGNATURE_HEADER, format!("sha1={hex}"))]),
        with(vec![("X-Hub-Signature", signature.clone())]),
        with(vec![(SIGNATURE_HEADER, format!("sha256={other}"))]),
        with(vec![(SIGNATURE_HEADER, format!("{signature},{signature}"))]),
        changed,
    ]
}

/// All ids of accounts become ours, and those of messages are like no others.
fn of_account(mut sample: Value, n: usize, account: &str) -> Value {
    for (at, entry) in sample["entry"].as_array_mut().into_iter().flatten().enumerate() {
        entry["id"] = account.into();
        for event in entry["messaging"].as_array_mut().into_iter().flatten() {
            event["timestamp"] = (1_700_000_000_000_u64 + 1_000 * n as u64).into();
            for part in ["message", "postback"] {
                if event[part]["mid"].is_string() {
                    event[part]["mid"] = format!("sample-{n}-{at}").into();
                }
            }
        }
    }
    sample
}

fn entries(events: &[Value]) -> Value {
    let entries = events.iter().filter_map(|event| event["entry"].as_array().cloned());
    let entries: Vec<Value> = entries.flatten().collect();
    json!({ "object": events.last().expect("some")["object"], "entry": entries })
}

pub(crate) const FACEBOOK: Platform = Platform {
    kind: "facebook",
    settings: |base| {
        json!({
            "kind": "facebook", "page_id": meta::PAGE, "token": meta::TOKEN,
            "app_secret": meta::APP_SECRET, "verify_token": meta::VERIFY, "api_base": base,
            "human_agent": true,
        })
    },
    signed: signed_by_app,
    forged: forged_by_app,
    as_ours: |sample, n| of_account(sample, n, meta::PAGE),
    is_no_event: |name| name == "sendresponse",
    events: || {
        let one = |event: Value| meta::messaging("page", meta::PAGE, &[event]);
        let mut photo = meta::message(meta::PAGE, "77", "mid.b", "");
        photo["message"]["attachments"] =
            json!([{ "type": "image", "payload": { "url": "https://cdn.example/a.jpg" } }]);
        let edit = json!({
            "sender": { "id": "77" }, "recipient": { "id": meta::PAGE },
            "timestamp": 1_795_000_000_000_u64,
            "message_edit": { "mid": "mid.a", "text": "hello!", "num_edit": "1" },
        });
        vec![
            one(meta::message(meta::PAGE, "77", "mid.a", "hello / \\u00e9 é")),
            one(photo),
            one(edit),
            one(meta::echo(meta::PAGE, "77", "mid.c", "by hand", &Value::Null)),
            one(json!({ "sender": { "id": "77" }, "read": { "watermark": 1 } })),
        ]
    },
    together: Some(entries),
    answer: |_| "",
    starts: Running::ignorant,
};

pub(crate) const INSTAGRAM: Platform = Platform {
    kind: "instagram",
    settings: |base| {
        json!({
            "kind": "instagram", "account_id": meta::ACCOUNT, "token": meta::TOKEN,
            "app_secret": meta::APP_SECRET, "verify_token": meta::VERIFY, "api_base": base,
        })
    },
    signed: signed_by_app,
    forged: forged_by_app,
    as_ours: |sample, n| of_account(sample, n, meta::ACCOUNT),
    is_no_event: |name| name.starts_with("instagram-"),
    events: || {
        let one = |event: Value| meta::messaging("instagram", meta::ACCOUNT, &[event]);
        let mut story = meta::message(meta::ACCOUNT, "78", "igm.b", "nice");
        story["message"]["reply_to"] =
            json!({ "story": { "url": "https://cdn.example/s", "id": "1" } });
        let mut seen = meta::echo(meta::ACCOUNT, "78", "igm.d", "me", &Value::Null);
        seen["message"]["is_self"] = true.into();
        vec![
            one(meta::message(meta::ACCOUNT, "78", "igm.a", "hello")),
            one(story),
            one(meta::echo(meta::ACCOUNT, "78", "igm.c", "by hand", &Value::Null)),
            one(seen),
            one(json!({ "sender": { "id": "78" }, "read": { "mid": "igm.a" } })),
        ]
    },
    together: Some(entries),
    answer: |_| "",
    starts: Running::ignorant,
};

pub(crate) const WHATSAPP: Platform = Platform {
    kind: "whatsapp",
    settings: |base| {
        json!({
            "kind": "whatsapp", "phone_number_id": meta::NUMBER, "token": meta::TOKEN,
            "app_secret": meta::APP_SECRET, "verify_token": meta::VERIFY, "api_base": base,
        })
    },
    signed: signed_by_app,
    forged: forged_by_app,
    as_ours: |mut sample, n| {
        for entry in sample["entry"].as_array_mut().into_iter().flatten() {
            for change in entry["changes"].as_array_mut().into_iter().flatten() {
                if change["value"]["metadata"].is_object() {
                    change["value"]["metadata"]["phone_number_id"] = meta::NUMBER.into();
                }
                for list in ["messages", "message_echoes", "statuses"] {
                    let things = change["value"][list].as_array_mut().into_iter().flatten();
                    things.for_each(|thing| thing["id"] = format!("sample-{n}").into());
                }
            }
        }
        sample
    },
    is_no_event: |name| name.starts_with("restfb_send-") || name.starts_with("restfb_message-"),
    events: || {
        let status = json!({ "id": "wamid.x", "status": "failed", "timestamp": "1795000000" });
        let without_phone = json!({
            "contacts": [{ "profile": { "username": "@sheena" }, "user_id": "US.135" }],
            "messages": [{ "from_user_id": "US.135", "id": "wamid.b", "timestamp": "1795000000",
                "type": "text", "text": { "body": "another color?" } }],
        });
        let echo = json!({ "message_echoes": [{ "from": "15550783881", "to": "16505551234",
            "id": "wamid.c", "timestamp": "1795000000", "type": "text",
            "text": { "body": "from the phone" } }] });
        vec![
            meta::whatsapp_text("16505551234", "wamid.a", "hello"),
            meta::whatsapp("messages", &without_phone),
            meta::whatsapp("smb_message_echoes", &echo),
            meta::whatsapp("messages", &json!({ "statuses": [status] })),
            meta::whatsapp("account_update", &json!({ "event": "DISABLED_UPDATE" })),
        ]
    },
    together: Some(entries),
    answer: |_| "",
    starts: Running::ignorant,
};

/// Where answers of the sample activities go.
const SERVICE: &str = "https://smba.trafficmanager.net/emea/";

fn signed_by_platform(event: &Value, now: Timestamp) -> Signed {
    let claims = botframework::claims(&event["serviceUrl"], now);
    with_token(event, &botframework::FIRST.token(&botframework::FIRST.header(), &claims))
}

pub(crate) fn with_token(event: &Value, token: &str) -> Signed {
    let headers = vec![("authorization", format!("Bearer {token}"))];
    Signed { headers, body: event.to_string().into_bytes() }
}

fn forged_tokens(event: &Value, now: Timestamp) -> Vec<Signed> {
    let good = botframework::claims(&event["serviceUrl"], now);
    let (first, second) = (&*botframework::FIRST, &*botframework::SECOND);
    let header = first.header();
    let claiming = |field: &str, value: Value| {
        let mut claims = good.clone();
        claims[field] = value;
        with_token(event, &first.token(&header, &claims))
    };
    let saying = |field: &str, value: Value| {
        let mut header = header.clone();
        header[field] = value;
        with_token(event, &first.token(&header, &good))
    };
    let genuine = first.token(&header, &good);
    let unsigned = genuine.rsplit_once('.').expect("three parts").0.to_owned();
    vec![
        Signed { headers: Vec::new(), body: event.to_string().into_bytes() },
        Signed { headers: vec![("authorization", genuine.clone())], ..with_token(event, "") },
        claiming("iss", "https://login.example".into()),
        claiming("iss", Value::Null),
        claiming("aud", "99999999-1111-2222-3333-444444444444".into()),
        claiming("aud", Value::Null),
        claiming("exp", (now.as_second() - 6 * 60).into()),
        claiming("exp", Value::Null),
        claiming("nbf", (now.as_second() + 6 * 60).into()),
        claiming("serviceurl", "https://evil.example/".into()),
        claiming("serviceurl", Value::Null),
        saying("alg", "none".into()),
        saying("alg", "HS256".into()),
        saying("kid", "nobody's".into()),
        saying("kid", "second".into()),
        saying("kid", Value::Null),
        // Signed by a key that is not published.
        with_token(event, &second.token(&header, &good)),
        with_token(event, &format!("{unsigned}.")),
        with_token(event, &unsigned),
        with_token(event, "x"),
    ]
}

pub(crate) const BOT_FRAMEWORK: Platform = Platform {
    kind: "botframework",
    settings: |base| {
        json!({
            "kind": "botframework", "app_id": botframework::APP,
            "app_password": botframework::PASSWORD,
            "openid_metadata_url": format!("{base}/openid"), "login_base": base,
            "service_hosts": "smba.trafficmanager.net *.botframework.com *.skype.com 127.0.0.1",
        })
    },
    signed: signed_by_platform,
    forged: forged_tokens,
    as_ours: |mut sample, n| {
        if sample["id"].is_string() {
            sample["id"] = format!("sample-{n}").into();
        }
        if sample["recipient"]["id"].is_string() && sample["channelId"] == "emulator" {
            sample["channelId"] = "msteams".into();
        }
        sample
    },
    is_no_event: |name| name.starts_with("docs_"),
    events: || {
        let mut edit = botframework::message(SERVICE, "a1", "hello!");
        edit["type"] = "messageUpdate".into();
        let mut photo = botframework::message(SERVICE, "a2", "");
        let url = "https://smba.trafficmanager.net/emea/v3/attachments/1/views/original";
        photo["attachments"] = json!([{ "contentType": "image/png", "contentUrl": url }]);
        let mut typing = botframework::message(SERVICE, "a3", "");
        typing["type"] = "typing".into();
        let mut removed = botframework::message(SERVICE, "a4", "");
        (removed["type"], removed["action"]) = ("contactRelationUpdate".into(), "remove".into());
        let mut invoke = botframework::message(SERVICE, "a5", "");
        invoke["type"] = "invoke".into();
        vec![botframework::message(SERVICE, "a1", "hello"), edit, photo, typing, removed, invoke]
    },
    together: None,
    answer: |event| if event["type"] == "invoke" { r#"{"status":200}"# } else { "" },
    starts: || {
        let cloud = botframework::start();
        Running::new(cloud.base(), cloud)
    },
};

pub(crate) const VIBER: Platform = Platform {
    kind: "viber",
    settings: |base| {
        json!({
            "kind": "viber", "token": bots::VIBER_TOKEN, "sender_name": "Our shop",
            "api_base": base,
        })
    },
    signed: |event, _now| {
        let body = event.to_string().into_bytes();
        let signature = hmac_hex(bots::VIBER_TOKEN, &body);
        Signed { headers: vec![(viber::SIGNATURE_HEADER, signature)], body }
    },
    forged: |event, _now| {
        let body = event.to_string().into_bytes();
        let good = hmac_hex(bots::VIBER_TOKEN, &body);
        let other = hmac_hex("another", &body);
        let given = [String::new(), other, good.to_uppercase(), format!("sha256={good}")];
        let forged = given.map(|signature| Signed {
            headers: vec![(viber::SIGNATURE_HEADER, signature)],
            body: body.clone(),
        });
        let mut forged = Vec::from(forged);
        forged.push(Signed { headers: Vec::new(), body: body.clone() });
        let longer = [&body[..], b" "].concat();
        forged.push(Signed { headers: vec![(viber::SIGNATURE_HEADER, good)], body: longer });
        forged
    },
    as_ours: |mut sample, n| {
        if !sample["message_token"].is_null() {
            sample["message_token"] = (4_912_661_846_655_238_145_u64 + n as u64).into();
        }
        sample
    },
    is_no_event: |name| name.contains("signature_vector"),
    events: || {
        let user = json!({ "user": { "id": "Q1==", "name": "Olga" } });
        let picture = json!({
            "sender": { "id": "Q1==", "name": "Olga" },
            "message": { "type": "picture", "text": "my lamp", "media": "https://cdn.example/p",
                "file_name": "lamp.jpg", "size": 10 },
        });
        vec![
            bots::viber_text("Q1==", 1, "hello"),
            bots::viber_event("message", 2, &picture),
            bots::viber_event("unsubscribed", 3, &json!({ "user_id": "Q1==" })),
            bots::viber_event("subscribed", 4, &user),
            bots::viber_event("seen", 5, &json!({ "user_id": "Q1==" })),
        ]
    },
    together: None,
    answer: |_| "",
    starts: Running::ignorant,
};

pub(crate) const MAX: Platform = Platform {
    kind: "max",
    settings: |base| {
        json!({
            "kind": "max", "token": bots::MAX_TOKEN, "secret": bots::MAX_SECRET, "api_base": base,
        })
    },
    signed: |event, _now| Signed {
        headers: vec![(max::SECRET_HEADER, bots::MAX_SECRET.to_owned())],
        body: event.to_string().into_bytes(),
    },
    forged: |event, _now| {
        let given = ["", "secret_of_another_bot", &bots::MAX_SECRET[1..], "SECRET_OF_THE_MAX_BOT"];
        let body = event.to_string().into_bytes();
        let mut forged = Vec::from(given.map(|secret| Signed {
            headers: vec![(max::SECRET_HEADER, secret.to_owned())],
            body: body.clone(),
        }));
        forged.push(Signed { headers: Vec::new(), body });
        forged
    },
    as_ours: |mut sample, n| {
        sample["timestamp"] = (1_710_000_000_000_u64 + n as u64).into();
        sample
    },
    is_no_event: |name| name.contains("error"),
    events: || {
        let user = json!({ "user": { "user_id": 42, "first_name": "Игорь" }, "chat_id": 100 });
        let mut edit = bots::max_text(42, "mid.1", "hello!");
        (edit["update_type"], edit["timestamp"]) =
            ("message_edited".into(), 1_795_000_000_001_u64.into());
        vec![
            bots::max_text(42, "mid.1", "hello"),
            edit,
            bots::max_update("bot_stopped", 1_795_000_000_002, &user),
            bots::max_update("bot_started", 1_795_000_000_003, &user),
            bots::max_update(
                "message_removed",
                1_795_000_000_004,
                &json!({ "message_id": "mid.1" }),
            ),
        ]
    },
    together: None,
    answer: |_| "",
    starts: Running::ignorant,
};
