//! A request of a platform, from its parsed head to the answer, through the routes of the real
//! program.

use std::path::Path;

use actix_web::App;
use actix_web::dev::Service as _;
use actix_web::rt::System;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{Bytes, Data};
use domain::channel::Channel;
use domain::id::OperatorId;
use domain::line::{Line, LineSettings};
use switchboard::actors::handle::Change;
use switchboard::channels::telegram::SECRET_HEADER;
use switchboard::clock::Clock;
use switchboard::config::Config;
use switchboard::program;
use switchboard::web;
use switchboard::web::edge::Edge;

/// Posts that body at the hook of a bot, whose secret is given. What is in it is to be one that is
/// acknowledged and not stored, so that nothing waits for a store.
pub(crate) fn posting(bot: &Channel, secret: &'static str, body: Bytes) -> impl FnMut() + use<> {
    let system = System::new();
    let directory = tempfile::tempdir().unwrap();
    let hook = format!("/hooks/{}", bot.id);
    let app = system.block_on(async {
        let edge = Data::new(edge(directory.path(), bot).await);
        init_service(App::new().configure(|routes| web::configure(routes, edge))).await
    });
    move || {
        assert!(directory.path().exists());
        let request = TestRequest::post().uri(&hook).insert_header((SECRET_HEADER, secret));
        let request = request.set_payload(body.clone()).to_request();
        let answer = system.block_on(app.call(request)).unwrap();
        assert_eq!(answer.status(), 200);
    }
}

async fn edge(directory: &Path, bot: &Channel) -> Edge {
    let mut config = Config::load(None).unwrap();
    directory.clone_into(&mut config.store.directory);
    let node = program::start_node(&config, Clock::Wall).await.unwrap();
    let settings = LineSettings::new("Sales".to_owned(), Vec::new(), "UTC");
    let line = Line { id: bot.line.clone(), shard: bot.shard, archived: false, settings };
    let changes = vec![
        Change::Line { version: 0, line },
        Change::Channel { version: 0, channel: bot.clone() },
    ];
    node.change(&OperatorId::new("chief"), changes).await.unwrap();
    Edge::new(node, Clock::Wall, &config, None, None)
}
