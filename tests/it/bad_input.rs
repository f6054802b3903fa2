//! What must not come in: each story says what is answered, that nothing was written, and that
//! everybody else was served all the same.

use domain::effect::Refusal;
use domain::id::{ConversationId, OfferId};
use jiff::SignedDuration;
use serde_json::{Value, json};
use switchboard::actors::handle::Change;
use switchboard::channels::telegram::SECRET_HEADER;
use switchboard::channels::webhook::SKEW_SECONDS_MAX;
use switchboard::clock::Clock;
use switchboard::protocol::{ClientFrame, CommandRefusal, EdgeRefusal, Outcome, close};

use crate::site::{
    Answer, Bot, Browser, Company, Message, Page, Program, SECRET, founded, line, message,
};
use crate::story::new_id;

#[actix_web::test]
async fn a_bot_s_update_with_a_missing_wrong_or_empty_secret() {
    let company = Company::opens().await;
    company
        .is_not_harmed_by(async || {
            company.new_customer();
            let update = company.update("let me in");
            let shorter = &SECRET[1..];
            for headers in [
                &[][..],
                &[(SECRET_HEADER, "")],
                &[(SECRET_HEADER, "wrong")],
                &[(SECRET_HEADER, shorter)],
                &[("x-secret", SECRET)],
            ] {
                let answer = company.bot.posts_with(&company.site.page, headers, &update).await;
                answer.is_refused(401, "not_genuine");
            }
        })
        .await;
}

#[actix_web::test]
async fn a_webhook_message_with_a_wrong_stale_or_foreign_signature() {
    let company = Company::opens().await;
    let (page, form) = (&company.site.page, &company.form);
    company
        .is_not_harmed_by(async || {
            let body = message("Mallory", "1", "let me in").to_string();
            let now = Clock::Wall.now().as_second();
            let good = form.signature("msg", now, &body);
            let stale = now - SKEW_SECONDS_MAX - 2;
            let early = now + SKEW_SECONDS_MAX + 60;
            for (id, at, signature) in [
                ("msg", now, String::new()),
                ("msg", now, "v1,AAAA".to_owned()),
                ("msg", now, good.replacen("v1", "v2", 1)),
                ("msg", now, form.signature("msg", now, "another body")),
                ("another id", now, good.clone()),
                ("msg", now + 1, good),
                ("msg", stale, form.signature("msg", stale, &body)),
                ("msg", early, form.signature("msg", early, &body)),
                ("", now, form.signature("", now, &body)),
            ] {
                let answer = form.posts_with(page, id, at, &signature, &body).await;
                answer.is_refused(401, "not_genuine");
            }
            page.ask("POST", &form.path, &[], &body).await.is_refused(401, "not_genuine");
        })
        .await;
}

#[actix_web::test]
async fn an_unknown_channel_cannot_be_told_from_a_wrong_proof() {
    let company = Company::opens().await;
    let page = &company.site.page;
    company
        .is_not_harmed_by(async || {
            let wrong = [(SECRET_HEADER, "wrong")];
            let known = page.ask("POST", &company.bot.path, &wrong, "{}").await;
            let form = page.ask("POST", &company.form.path, &wrong, "{}").await;
            let nobody = "/hooks/0195512e-0000-7000-8000-000000000001";
            let unknown = page.ask("POST", nobody, &wrong, "{}").await;
            let right = [(SECRET_HEADER, SECRET)];
            let elsewhere = page.ask("POST", nobody, &right, "{}").await;
            known.is_refused(401, "not_genuine");
            for other in [form, unknown, elsewhere] {
                assert_eq!(told(&other), told(&known));
            }
        })
        .await;
}

/// All that an answer tells, but for the moment.
fn told(answer: &Answer) -> (u16, Vec<(String, String)>, &str) {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "date");
    let mut headers: Vec<_> = headers
        .map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()))
        .collect();
    headers.sort();
    (answer.status.as_u16(), headers, &answer.text)
}

#[actix_web::test]
async fn two_megabytes_at_a_hook() {
    let company = Company::opens().await;
    let page = &company.site.page;
    company
        .is_not_harmed_by(async || {
            let large = vec![b' '; 2 * 1024 * 1024];
            company.bot.posts(page, &large).await.is_refused(413, "too_large");
            let large = String::from_utf8(large).expect("text");
            company.form.posts_text(page, &large).await.is_refused(413, "too_large");
        })
        .await;
}

#[actix_web::test]
async fn poison_of_a_platform_is_acknowledged() {
    let company = Company::opens().await;
    company
        .is_not_harmed_by(async || {
            for body in [
                &b"{\"update_id\": 1, \"message\": {"[..],
                b"",
                b"[]",
                b"\xff\xfe",
                br#"{"update_id": {}, "message": 5}"#,
                br#"{"update_id": 7, "message": {"chat": {"id": []}, "text": 1}}"#,
                br#"{"update_id": 8, "message": {"chat": "nobody", "text": {}}}"#,
                br#"{"update_id": "x", "my_chat_member": [1, 2]}"#,
            ] {
                let answer = company.bot.posts(&company.site.page, body).await;
                assert_eq!((answer.status.as_u16(), &*answer.text), (200, ""), "{body:?}");
            }
        })
        .await;
}

#[actix_web::test]
async fn poison_of_a_platform_is_counted() {
    // A process of its own: the numbers of this one are also those of other tests.
    let program = Program::starts("").await;
    let page = program.page();
    let chief = founded(&page, program.setup_token().expect("a first start")).await;
    let sales = line(&chief, &json!({ "name": "Sales" })).await;
    let bot = Bot::connected(&chief, &sales, "http://127.0.0.1:1").await;
    for body in [&b"{"[..], b"[]", br#"{"update_id": 1, "message": 5}"#] {
        assert_eq!(bot.posts(&page, body).await.status, 200);
    }
    assert_eq!(bot.posts(&page, br#"{"update_id": 2, "poll": {}}"#).await.status, 200);
    let numbers = page.get("/metrics").await.text;
    for (word, count) in [("malformed", 3), ("poll", 1)] {
        let labels = format!("{{channel=\"telegram\",word=\"{word}\"}}");
        let counted = format!("switchboard_hooks_ignored_total{labels} {count}");
        assert!(numbers.lines().any(|line| line == counted), "not {counted} in {numbers}");
    }
    let requests = "switchboard_hooks_total{channel=\"telegram\",result=\"ignored\"} 4";
    assert!(numbers.lines().any(|line| line == requests), "not {requests} in {numbers}");
}

#[actix_web::test]
async fn a_webhook_body_that_is_not_of_the_documented_form_is_pointed_at() {
    let company = Company::opens().await;
    company
        .is_not_harmed_by(async || {
            let wrong = |pointer: &str, value: Value| {
                let mut body = message("Mallory", "1", "hello");
                *body.pointer_mut(pointer).expect("a field") = value;
                body.to_string()
            };
            let list = json!({ "messages": [message("Mallory", "1", "good"), { "user": {} }] });
            for (body, pointer) in [
                ("{\"user\":".to_owned(), ""),
                ("[]".to_owned(), ""),
                ("{}".to_owned(), "/user"),
                (wrong("/message/text", 5.into()), "/message/text"),
                (wrong("/message/id", json!({})), "/message/id"),
                (wrong("/chat", "c1".into()), "/chat"),
                (wrong("/user/id", true.into()), "/user/id"),
                (wrong("/message/text", "x".repeat(10_001).into()), "/message/text"),
                (list.to_string(), "/messages/1/chat"),
            ] {
                let answer = company.form.posts_text(&company.site.page, &body).await;
                answer.is_refused(400, "malformed");
                assert_eq!(answer.json()["error"]["pointer"], pointer, "{}", answer.text);
            }
        })
        .await;
}

/// What is answered to an attempt to open a socket with these headers.
async fn upgrade(page: &Page, headers: &[(&str, &str)]) -> Answer {
    let upgrade = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    page.ask("GET", "/ws/operator", &[&upgrade, headers].concat(), "").await
}

#[actix_web::test]
async fn a_socket_for_a_foreign_page_with_anna_s_cookie() {
    let company = Company::opens().await;
    let page = &company.anna.page;
    let cookie = ("cookie", page.cookie.as_deref().expect("signed in"));
    company
        .is_not_harmed_by(async || {
            for origin in ["https://evil.example.com", "http://127.0.0.1:1", "null", ""] {
                let answer = upgrade(page, &[cookie, ("origin", origin)]).await;
                answer.is_refused(403, "foreign_origin");
            }
            upgrade(page, &[cookie]).await.is_refused(403, "foreign_origin");
        })
        .await;
}

#[actix_web::test]
async fn a_socket_for_nobody() {
    let company = Company::opens().await;
    let page = &company.site.page;
    let origin = ("origin", &*page.origin);
    company
        .is_not_harmed_by(async || {
            for cookie in ["", "sb=", "sb=stolen", "other=1"] {
                let answer = upgrade(page, &[origin, ("cookie", cookie)]).await;
                answer.is_refused(401, "not_signed_in");
            }
            upgrade(page, &[origin]).await.is_refused(401, "not_signed_in");
        })
        .await;
}

#[actix_web::test]
async fn a_socket_of_a_sign_in_that_has_ended() {
    let company = Company::opens().await;
    let page = &company.anna.page;
    thirteen_idle_hours_pass(&company).await;
    company
        .is_not_harmed_by(async || {
            let cookie = ("cookie", page.cookie.as_deref().expect("signed in"));
            let answer = upgrade(page, &[cookie, ("origin", &*page.origin)]).await;
            answer.is_refused(401, "not_signed_in");
            page.get("/api/v1/me").await.is_refused(401, "not_signed_in");
        })
        .await;
}

/// For Anna, as the hub has stored it.
async fn thirteen_idle_hours_pass(company: &Company) {
    let directory = company.site.node.directory();
    let mut all = directory.sign_ins.iter();
    let (digest, found) =
        all.find(|(_, found)| found.value.operator == company.anna.id).expect("signed in");
    let mut sign_in = (*found.value).clone();
    sign_in.seen_at -= SignedDuration::from_hours(13);
    let change = Change::SignIn { version: found.version, digest: digest.clone(), sign_in };
    company.site.node.change(&company.anna.id, vec![change]).await.expect("stored");
}

#[actix_web::test]
async fn a_command_that_nobody_knows() {
    let company = Company::opens().await;
    let (mut anna, conversation) = company.anna_talks().await;
    company
        .is_not_harmed_by(async || {
            let frame = json!({
                "type": "erase", "cmd_id": new_id().to_string(), "conversation": conversation,
            });
            anna.says_text(frame.to_string()).await;
            assert_eq!(anna.error().await["code"], "unknown_type");
        })
        .await;
}

#[actix_web::test]
async fn frames_that_are_no_frames() {
    let company = Company::opens().await;
    company
        .is_not_harmed_by(async || {
            for text in ["", "{", "null", "[]", "{\"type\": 5}", "{\"type\": \"watch\"", "hello"] {
                let mut anna = Browser::shows(&company.anna.page).await;
                anna.says_text(text).await;
                assert_eq!(anna.error().await["code"], "bad_frame", "{text}");
            }
        })
        .await;
}

#[actix_web::test]
async fn commands_that_are_malformed() {
    let company = Company::opens().await;
    let (mut anna, conversation) = company.anna_talks().await;
    company
        .is_not_harmed_by(async || {
            for fields in [
                json!({ "type": "reply", "conversation": conversation, "text": 5 }),
                json!({ "type": "reply", "conversation": conversation }),
                json!({ "type": "note", "conversation": conversation, "text": "a", "more": 1 }),
                json!({ "type": "accept", "conversation": conversation, "offer": "first" }),
                json!({ "type": "set_status", "status": "sleeping" }),
            ] {
                let (mut frame, id) = (fields, new_id().to_string());
                frame["cmd_id"] = id.as_str().into();
                anna.says_text(frame.to_string()).await;
                assert_eq!(anna.answer(&id).await, bad_value("frame"), "{frame}");
            }
        })
        .await;
}

#[actix_web::test]
async fn an_offer_that_a_colleague_was_faster_with() {
    let company = Company::opens().await;
    let mut boris = Browser::shows(&company.boris.page).await;
    let mut anna = Browser::shows(&company.anna.page).await;
    let customer = company.customer_writes_to_bot().await;
    let for_boris = boris.is_offered(&company.boris.id, &customer).await;
    let for_anna = anna.is_offered(&company.anna.id, &customer).await;
    assert_eq!(anna.accepts(&for_anna).await, Outcome::Done {});
    company
        .is_not_harmed_by(async || {
            let holder = Some(company.anna.id.clone());
            let why = CommandRefusal::Conversation(Refusal::NoLongerYours { holder });
            assert_eq!(boris.accepts(&for_boris).await, Outcome::refused(why));
        })
        .await;
}

#[actix_web::test]
async fn commands_on_conversations_of_others() {
    let company = Company::opens().await;
    let (_anna, conversation) = company.anna_talks().await;
    let mut vera = Browser::shows(&company.vera.page).await;
    company
        .is_not_harmed_by(async || {
            let elsewhere = conversation.as_str().replacen(|c: char| c.is_ascii_digit(), "9", 1);
            let foreign = conversation.as_str();
            for id in
                [foreign, &elsewhere, "0-0195512e-0000-7000-8000-000000000001", "none", "0-a/../b"]
            {
                for command in all_commands(&ConversationId::new(id)) {
                    let unknown = CommandRefusal::Edge(EdgeRefusal::UnknownConversation {});
                    assert_eq!(vera.commands(&command).await, Outcome::refused(unknown), "{id}");
                }
            }
        })
        .await;
}

fn all_commands(id: &ConversationId) -> [ClientFrame; 6] {
    let (conversation, offer, text) = (|| id.clone(), OfferId(1), || "hello".to_owned());
    let (cmd_id, reason) = (new_id, None);
    [
        ClientFrame::Accept { cmd_id: cmd_id(), conversation: conversation(), offer },
        ClientFrame::Decline { cmd_id: cmd_id(), conversation: conversation(), offer, reason },
        ClientFrame::Take { cmd_id: cmd_id(), conversation: conversation() },
        ClientFrame::Reply {
            cmd_id: cmd_id(),
            conversation: conversation(),
            text: text(),
            files: Vec::new(),
        },
        ClientFrame::Note { cmd_id: cmd_id(), conversation: conversation(), text: text() },
        ClientFrame::Finish { cmd_id: cmd_id(), conversation: conversation(), silent: false },
    ]
}

#[actix_web::test]
async fn texts_that_are_too_long_or_empty() {
    let company = Company::opens().await;
    let (mut anna, conversation) = company.anna_talks().await;
    company
        .is_not_harmed_by(async || {
            for text in ["я".repeat(10_001), String::new(), " \n ".to_owned()] {
                let (cmd_id, id) = (new_id(), conversation.clone());
                let reply = ClientFrame::Reply {
                    cmd_id,
                    conversation: id,
                    text: text.clone(),
                    files: Vec::new(),
                };
                assert_eq!(anna.commands(&reply).await, bad_value("text"));
                let (cmd_id, id) = (new_id(), conversation.clone());
                let note = ClientFrame::Note { cmd_id, conversation: id, text };
                assert_eq!(anna.commands(&note).await, bad_value("text"));
            }
        })
        .await;
    assert!(company.platform.calls("sendMessage").is_empty(), "nothing went to the customer");
}

fn bad_value(field: &str) -> Outcome {
    let field = field.to_owned();
    Outcome::refused(CommandRefusal::Edge(EdgeRefusal::BadValue { field }))
}

#[actix_web::test]
async fn a_frame_of_100_kilobytes() {
    let company = Company::opens().await;
    let (mut anna, conversation) = company.anna_talks().await;
    company
        .is_not_harmed_by(async || {
            let (cmd_id, text) = (new_id(), "x".repeat(100 * 1024));
            anna.says(&ClientFrame::Note { cmd_id, conversation, text }).await;
            assert_eq!(anna.closes().await, 1009);
        })
        .await;
}

#[actix_web::test]
async fn a_binary_frame() {
    let company = Company::opens().await;
    let mut anna = Browser::shows(&company.anna.page).await;
    company
        .is_not_harmed_by(async || {
            anna.sends(Message::Binary("{\"type\": \"hello\"}".into())).await;
            assert_eq!(anna.closes().await, 1003);
        })
        .await;
}

#[actix_web::test]
async fn more_sockets_than_an_operator_may_have() {
    let company = Company::opens().await;
    let mut open = Vec::new();
    for _ in 0..5 {
        open.push(Browser::shows(&company.anna.page).await);
    }
    company
        .is_not_harmed_by(async || {
            for _ in 0..2 {
                let mut sixth = Browser::opens(&company.anna.page).await;
                assert_eq!(sixth.closes().await, close::TOO_MANY);
            }
        })
        .await;
    let customer = company.customer_writes_to_bot().await;
    for browser in &mut open {
        browser.is_offered(&company.anna.id, &customer).await;
    }
}

#[actix_web::test]
async fn commands_faster_than_anybody_works() {
    let company = Company::opens().await;
    let (mut anna, conversation) = company.anna_talks().await;
    let ids: Vec<_> = (0..300).map(|_| new_id()).collect();
    for cmd_id in &ids {
        let (cmd_id, conversation, text) = (*cmd_id, conversation.clone(), "again".to_owned());
        anna.says(&ClientFrame::Note { cmd_id, conversation, text }).await;
    }
    let mut done = 0;
    for id in ids {
        let outcome = anna.answer(&id.to_string()).await;
        if outcome == (Outcome::Done {}) {
            done += 1;
        } else {
            let too_fast = CommandRefusal::Edge(EdgeRefusal::TooFast {});
            assert_eq!(outcome, Outcome::refused(too_fast));
        }
    }
    // Anna's acceptance was one of the 60 that are allowed at once.
    assert!((59..300).contains(&done), "{done} were done");
    let transcript = company.stored().await.transcripts.remove(0);
    let entries = transcript["entries"].as_array().expect("entries").iter();
    assert_eq!(entries.filter(|entry| entry["body"]["kind"] == "note").count(), done);
    company.serves().await;
}

#[actix_web::test]
async fn a_foreign_page_posts_with_the_administrator_s_cookie() {
    let company = Company::opens().await;
    let chief = &company.chief;
    let cookie = ("cookie", chief.cookie.as_deref().expect("signed in"));
    let json = ("content-type", "application/json");
    let own = ("x-switchboard", "1");
    let operator = json!({
        "name": "Mallory", "login": "mallory", "password": "correct horse battery",
        "role": "administrator",
    });
    company
        .is_not_harmed_by(async || {
            for headers in [
                vec![cookie, json],
                vec![cookie, json, ("origin", "https://evil.example.com")],
                vec![cookie, json, own, ("origin", "https://evil.example.com")],
                vec![cookie, json, own, ("sec-fetch-site", "cross-site")],
                vec![cookie, ("content-type", "text/plain"), ("origin", &*chief.origin)],
            ] {
                for path in ["/api/v1/operators", "/api/v1/lines", "/api/v1/sign-out"] {
                    let answer = chief.ask("POST", path, &headers, operator.to_string()).await;
                    answer.is_refused(403, "foreign_origin");
                }
            }
        })
        .await;
}

#[actix_web::test]
async fn channels_call_only_where_the_way_out_leads() {
    let company = Company::opens().await;
    let telegram = |base: &str| json!({ "kind": "telegram", "token": "1:a", "api_base": base });
    let webhook = |url: &str| json!({ "kind": "webhook", "outgoing_url": url });
    let line = company.chief.get("/api/v1/lines").await.json()["lines"][0]["id"].clone();
    let connect = async |settings| {
        let body = json!({ "name": "New", "line": line, "settings": settings });
        company.chief.send("POST", "/api/v1/channels", &body.to_string()).await
    };
    for (settings, field) in [
        (telegram("http://10.0.0.1"), "settings.api_base"),
        (telegram("https://169.254.169.254/x"), "settings.api_base"),
        (telegram("https://a.example/?x="), "settings.api_base"),
        (webhook("https://10.0.0.1/in"), "settings.outgoing_url"),
        (webhook("https://me:secret@a.example/in"), "settings.outgoing_url"),
        (webhook("file:///etc/passwd"), "settings.outgoing_url"),
    ] {
        let answer = connect(settings.clone()).await;
        answer.is_refused(422, "invalid_fields");
        assert_eq!(answer.json()["error"]["fields"][0]["field"], field, "{settings}");
    }
    for settings in [
        telegram(&format!("{}/pretend/telegram", company.platform.api_base())),
        webhook("http://127.0.0.1:9/in"),
        webhook("https://a.example/in"),
    ] {
        let answer = connect(settings).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
    }
}
