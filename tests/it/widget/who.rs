//! For whom a site vouches.

use domain::customer::Standing;
use switchboard::channels::widget::{Contacts, Visitor};

use super::page::{DONE, Page, anna};
use super::writing::card;
use crate::story::{Story, tell};

fn vouched(story: &Story) -> Visitor {
    let contacts = Contacts {
        phone: Some("+12025550143".to_owned()),
        email: Some("ivan@shop.example".to_owned()),
    };
    Visitor {
        name: "Ivan Petrov".to_owned(),
        introduced: true,
        vouched: Some(contacts),
        ..story.visitor("user-1")
    }
}

#[test]
fn what_the_site_vouches_for_is_verified() {
    tell(anna, async |story| {
        story.has_a_widget(|widget| widget.form.before_chat = true).await;
        let page = Page::open(story, vouched(story));
        page.says_hello(None);
        story.settles().await;
        assert_eq!(page.position(), None, "nothing is stored of who only looks");
        assert_eq!(page.writes(story, "hello").await, DONE, "no form asks who he is");
        let card = card(story).await;
        assert_eq!((&*card.name, &*card.surname), ("Ivan", "Petrov"));
        assert_eq!(card.emails[0].standing, Standing::Verified);
        assert_eq!(card.phones[0].standing, Standing::Verified);
    });
}

#[test]
fn he_has_one_chat_wherever_he_signs_in() {
    tell(anna, async |story| {
        story.has_a_widget(|_| {}).await;
        let here = Page::open(story, vouched(story));
        here.says_hello(None);
        story.settles().await;
        here.writes(story, "hello").await;
        let there = Page::open(story, vouched(story));
        there.says_hello(None);
        story.settles().await;
        assert_eq!(there.lines(), ["me: hello"]);
    });
}
