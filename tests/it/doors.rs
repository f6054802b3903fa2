//! Every platform at the door of a running hub: what it posts is acknowledged and stored once, and
//! what somebody else posts in its name writes nothing.

use domain::id::LineId;
use serde_json::json;
use switchboard::clock::Clock;
use switchboard::protocol::FeedPosition;

use crate::channels::all_platforms::events;
use crate::channels::platform::{Platform, Running, Signed};
use crate::channels::rows::ALL;
use crate::site::{Answer, Browser, Company};

/// A channel of that kind at a running hub, whose platform knows nothing.
struct Door<'a> {
    company: &'a Company,
    platform: Platform,
    path: String,
    _running: Running,
}

impl<'a> Door<'a> {
    async fn opens(company: &'a Company, platform: Platform, line: &LineId) -> Self {
        let running = (platform.starts)();
        let settings = (platform.settings)(&running.base);
        let body = json!({ "name": platform.kind, "line": line, "settings": settings });
        let made = company.chief.does("POST", "/api/v1/channels", &body).await;
        let path = format!("/hooks/{}", made["id"].as_str().expect("an id"));
        Self { company, platform, path, _running: running }
    }

    async fn posts(&self, signed: &Signed) -> Answer {
        let headers: Vec<_> = signed.headers.iter().map(|(k, v)| (*k, &**v)).collect();
        self.company.site.page.ask("POST", &self.path, &headers, &signed.body).await
    }

    async fn posts_all(&self) -> usize {
        let events = events(&self.platform);
        for event in &events {
            let answer = self.posts(&(self.platform.signed)(event, Clock::Wall.now())).await;
            let (read, right) = (&*answer.text, (self.platform.answer)(event));
            let kind = self.platform.kind;
            assert_eq!((answer.status.as_u16(), read), (200, right), "{kind}: {event}");
        }
        events.len()
    }
}

/// Where the feeds end: whatever is written moves them.
async fn ends(company: &Company) -> Vec<FeedPosition> {
    company.site.node.settle().await;
    Browser::shows(&company.chief).await.positions()
}

#[actix_web::test]
async fn what_a_platform_posts_is_stored_once() {
    let company = Company::opens().await;
    for platform in ALL {
        let door = Door::opens(&company, platform, &company.sales).await;
        let before = ends(&company).await;
        assert!(door.posts_all().await >= 5);
        let once = ends(&company).await;
        assert_ne!(once, before, "{}: nothing is stored", door.platform.kind);
        door.posts_all().await;
        assert_eq!(ends(&company).await, once, "{}: a repeat is stored", door.platform.kind);
    }
}

#[actix_web::test]
async fn what_others_post_in_its_name_writes_nothing() {
    let company = Company::opens().await;
    for platform in ALL {
        let door = Door::opens(&company, platform, &company.sales).await;
        let before = ends(&company).await;
        let event = (door.platform.events)().remove(0);
        for forged in (door.platform.forged)(&event, Clock::Wall.now()) {
            let answer = door.posts(&forged).await;
            // Whoever tries too often is not even heard.
            let refused = matches!(answer.refusal().0, 401 | 429);
            assert!(refused, "{}: {}", door.platform.kind, answer.text);
        }
        assert_eq!(ends(&company).await, before, "{}", door.platform.kind);
        let genuine = door.posts(&(door.platform.signed)(&event, Clock::Wall.now())).await;
        assert_eq!(genuine.status, 200, "{}", genuine.text);
    }
}
