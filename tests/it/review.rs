use std::time::Duration;
use domain::id::{ChannelId, ConversationId, ShardId};
use switchboard::actors::handle::Change;
use switchboard::protocol::{ClientFrame, ServerFrame};
use switchboard::readmodel::ReadModel;
use switchboard::store::op::Position;
use crate::fakes::telegram::Customer;
use crate::story::{CHANNEL, Desk, operators, tell};

#[test]
fn review_missed_a_megabyte() {
    tell(|line| line.queue.operators = operators(["anna"]), async |story| {
        let anna = story.signs_in("anna").await;
        story.customer_writes(501, "hello").await;
        let offer = anna.offer();
        anna.accepts(story, offer).await;
        let positions = anna.positions();
        anna.is_cut();
        let text = "x".repeat(4000);
        for _ in 0..300 { story.customer_writes(501, &text).await; }
        let again = Desk::open(&story.node, "anna");
        again.says_hello(positions);
        story.sees(&again, |frame| *frame == ServerFrame::CaughtUp {}).await;
        story.settles().await;
        println!("closed {:?} texts {}", again.closed(), again.texts().len());
        assert_eq!(again.closed(), None);
    });
}

#[test]
fn review_disabled_poller_goes_on() {
    tell(|line| line.queue.operators = operators(["anna"]), async |story| {
        let anna = story.signs_in("anna").await;
        let found = story.node.directory();
        let version = found.channels[&ChannelId::new(CHANNEL)].version;
        let mut channel = story.bot();
        if let domain::channel::ChannelSettings::Telegram { polling, .. } = &mut channel.settings { *polling = true; }
        story.node.change(vec![Change::Channel { version, channel: channel.clone() }]).await.unwrap();
        let ivan = Customer { id: 501, name: "Ivan" };
        story.platform.queues([story.platform.text(ivan, "one")]);
        story.sees(&anna, |f| serde_json::to_string(f).unwrap().contains("\"one\"")).await;
        story.settles().await;
        channel.enabled = false;
        story.node.change(vec![Change::Channel { version: version + 1, channel }]).await.unwrap();
        story.settles().await;
        story.platform.queues([story.platform.text(ivan, "after it was disabled")]);
        let since = std::time::Instant::now();
        while since.elapsed() < Duration::from_secs(3) { tokio::task::yield_now().await; }
        let (conversation, _) = anna.offer();
        let messages = story.messages(&conversation).await;
        println!("messages {messages:?}");
        assert_eq!(messages, ["one"]);
    });
}

#[test]
fn review_behind_twice() {
    let _ = tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::ERROR).try_init();
    tell(|line| line.queue.operators = operators(["anna"]), async |story| {
        let anna = story.signs_in("anna").await;
        story.customer_writes(501, "hello").await;
        let store = story.store.clone();
        let now = story.now();
        let submits = actix::spawn(async move {
            for i in 0..20 {
                let bytes = serde_json::to_vec(&serde_json::json!({"channel": CHANNEL, "inbound": {
                    "chat": "501", "customer_name": "Ivan",
                    "what": {"kind": "message", "external_id": null, "text": format!("s{i}"), "reply_to": null, "sent_at": null}}})).unwrap();
                store.submit(ShardId(1), format!("s{i}"), 100, now, bytes).await.unwrap();
                for _ in 0..3 { tokio::task::yield_now().await; }
            }
        });
        for i in 0..4 {
            let from = Customer { id: 501, name: "Ivan" };
            let update = story.platform.text(from, &format!("p{i}"));
            let since = std::time::Instant::now();
            loop {
                let taken = tokio::select! {
                    r = story.delivered(&update) => r,
                    () = async { while since.elapsed() < Duration::from_secs(4) { tokio::task::yield_now().await; } } => panic!("never answered"),
                };
                println!("p{i} {taken:?}");
                if taken[0].is_ok() { break; }
                tokio::time::advance(Duration::from_millis(300)).await;
                for _ in 0..1000 { tokio::task::yield_now().await; }
            }
        }
        submits.await.unwrap();
        tokio::time::advance(Duration::from_millis(300)).await;
        story.settles().await;
        let (conversation, _) = anna.offer();
        let mut messages = story.messages(&conversation).await;
        println!("messages {messages:?}");
        let all = messages.len();
        messages.sort();
        messages.dedup();
        assert_eq!(all, messages.len(), "duplicates");
    });
}

#[test]
fn review_refused_and_shard_broken() {
    tell(|line| line.queue.operators = operators(["anna"]), async |story| {
        let anna = story.signs_in("anna").await;
        story.customer_writes(501, "hello").await;
        let offer = anna.offer();
        let id = offer.0.clone();
        anna.accepts(story, offer).await;
        story.platform.fails("sendMessage", crate::fakes::telegram::Fault::TooManyRequests { retry_after_seconds: 7 });
        let reply = ClientFrame::Reply { cmd_id: crate::story::new_id(), conversation: id.clone(), text: "answer".into() };
        anna.says(&reply);
        // Somebody else claims the shard as soon as the job says `sending`.
        let since = std::time::Instant::now();
        loop {
            let jobs = story.store.jobs(ShardId(1)).await.unwrap();
            if jobs.iter().any(|job| String::from_utf8_lossy(&job.bytes).contains("\"sending\":true")) { break; }
            assert!(since.elapsed() < Duration::from_secs(5));
            tokio::task::yield_now().await;
        }
        let lease = story.store.leases().await.unwrap().into_iter().find(|(s, _)| s.0 == 1).unwrap().1;
        story.store.claim(ShardId(1), switchboard::store::op::InstanceId("other".into()), lease, 0).await.unwrap().unwrap();
        while since.elapsed() < Duration::from_secs(1) { tokio::task::yield_now().await; }
        story.seconds_pass(30).await;
        let entries = story.node.transcript(&id).await.unwrap().unwrap().entries;
        let last = entries.iter().rev().find_map(|e| match &e.body { domain::entry::Body::Message(m) if m.text == "answer" => Some(m.delivery.clone()), _ => None });
        println!("delivery {last:?} sent {:?}", story.platform.sent_to(501));
        assert_eq!(story.platform.sent_to(501), ["answer"]);
    });
}

#[test]
fn review_watch_after_queue_change() {
    tell(|line| { line.queue.operators = operators(["anna", "boris"]); line.queue.mode = domain::line::QueueMode::Strictly; }, async |story| {
        let anna = story.signs_in("anna").await;
        let _boris = story.signs_in("boris").await;
        story.customer_writes(501, "hello").await;
        let (id, _): (ConversationId, _) = anna.offer();
        anna.says(&ClientFrame::Watch { conversation: Some(id.clone()) });
        story.settles().await;
        story.line_is_changed(|line| line.queue.operators = operators(["boris"])).await;
        story.seconds_pass(61).await;
        story.customer_writes(501, "secret").await;
        println!("anna texts {:?} rows {:?}", anna.texts(), anna.rows().values().map(|r| (r.state, r.offers.clone())).collect::<Vec<_>>());
        assert!(!anna.texts().contains(&"secret".to_owned()));
    });
}

#[test]
fn review_read_model_knows_a_shard_without_events() {
    tell(|line| line.queue.operators = operators(["anna"]), async |story| {
        let read_model = ReadModel::open(None).unwrap();
        read_model.project(ShardId(1), Position { epoch: 1, n: 5 }, 7, Vec::new());
        let _ = story;
        let store = switchboard::store::Store::model();
        let settings = switchboard::outbound::OutboundSettings::allowing(&["127.0.0.0/8"]).unwrap();
        let node = switchboard::actors::node::start(switchboard::actors::node::NodeStart {
            name: "story".into(),
            settings: switchboard::actors::parts::NodeSettings {
                public_url: None,
                sign_in_idle: jiff::SignedDuration::from_hours(12),
                sign_in_absolute: jiff::SignedDuration::from_hours(168),
                shards: 2, grace_seconds: 30, events_kept: 1_000, events_stored: 10_000,
                sockets_per_operator: 5, commands_per_second: 100_000, commands_burst: 100_000,
            },
            clock: story.node.clock().clone(), store, read_model,
            outbound: switchboard::outbound::Outbound::new(settings).unwrap(),
        }).await.unwrap();
        while !node.is_ready() { tokio::task::yield_now().await; }
        let old = story.node.directory();
        let id = domain::id::OperatorId::new("anna");
        let operator = (*old.operators[&id].value).clone();
        let sign_in = (*old.sign_ins["anna"].value).clone();
        node.change(vec![Change::Operator { version: 0, operator }, Change::SignIn { version: 0, digest: "anna".into(), sign_in }]).await.unwrap();
        let desk = Desk::open(&node, "anna");
        desk.says_hello(Vec::new());
        let since = std::time::Instant::now();
        while since.elapsed() < Duration::from_secs(2) { tokio::task::yield_now().await; }
        println!("closed {:?} frames {}", desk.closed(), desk.frames().len());
        assert!(desk.frames().contains(&ServerFrame::CaughtUp {}));
    });
}
