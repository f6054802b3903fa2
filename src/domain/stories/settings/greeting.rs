//! What a customer reads first, and who he reads it from.

use crate::line::{FieldProblem, LineSettings, Persona, ShownAs};
use crate::stories::inputs::{accepts, finishes, wrote};
use crate::stories::settings::{bounds, choices, line, problems, text_bounds};
use crate::stories::story::{ANNA, Story, id};

fn welcome(line: &mut LineSettings) {
    line.welcome.enabled = true;
}

fn alice() -> Persona {
    Persona { operator: id(ANNA), name: "Alice".to_owned(), picture: None }
}

#[test]
pub(super) fn welcome_enabled() {
    assert!(line().welcome.enabled);
    for (enabled, texts) in [(true, 1), (false, 0)] {
        let mut story = Story::of([]);
        story.rules_change(|line| line.welcome.enabled = enabled);
        story.tell(0, wrote("hello"));
        assert_eq!(story.sent().len(), texts);
    }
}

#[test]
pub(super) fn welcome_text() {
    assert_eq!(line().welcome.text, None);
    let set: fn(&mut LineSettings, Option<String>) = |line, text| line.welcome.text = text;
    text_bounds("welcome.text", "{operator}, {company}, {customer}", set);
    let mut story = Story::with([], |line| {
        welcome(line);
        line.welcome.text = Some("Hi {customer}".to_owned());
    });
    story.tell(0, wrote("hello"));
    assert_eq!(story.sent(), ["Hi Ivan"]);
}

#[test]
pub(super) fn welcome_each_conversation() {
    assert!(!line().welcome.each_conversation);
    for (each, texts) in [(false, 1), (true, 2)] {
        let mut story = Story::with([], welcome);
        story.rules_change(|line| line.welcome.each_conversation = each);
        story.tell(0, wrote("hello"));
        story.tell(0, finishes("chief"));
        story.pass(3_600);
        let next = story.follows(0);
        story.tell(next, wrote("hello"));
        assert_eq!(story.sent().len(), texts);
    }
}

#[test]
pub(super) fn consent_enabled() {
    assert!(!line().consent.enabled);
    let mut story = Story::with([], |line| line.consent.enabled = true);
    story.tells_news = true;
    let told = ["customer: hello", "line: consent text", "send 2", "consented", "nobody"];
    story.then(wrote("hello"), &told);
    let mut story = Story::of([]);
    story.then(wrote("hello"), &["customer: hello", "nobody"]);
}

#[test]
pub(super) fn consent_text() {
    assert_eq!(line().consent.text, None);
    let set: fn(&mut LineSettings, Option<String>) = |line, text| line.consent.text = text;
    text_bounds("consent.text", "{operator}, {company}, {customer}", set);
    let mut story = Story::with([], |line| {
        line.consent.enabled = true;
        line.consent.text = Some("{company} reads what you write".to_owned());
    });
    story.tell(0, wrote("hello"));
    assert_eq!(story.sent(), ["Acme reads what you write"]);
}

#[test]
pub(super) fn operator_shown_as() {
    choices("/operator_shown_as", &["name", "persona", "hidden"]);
    for (shown_as, name) in
        [(ShownAs::Name, "Anna"), (ShownAs::Persona, "Alice"), (ShownAs::Hidden, "Acme")]
    {
        let mut story = Story::with([ANNA], |line| {
            line.closing.rule = crate::line::ClosingRule::Reply;
            line.closing.text = Some("{operator}".to_owned());
            line.personas = vec![alice()];
        });
        story.rules_change(|line| line.operator_shown_as = shown_as);
        story.tell(0, wrote("hello"));
        story.tell(0, accepts(ANNA, 1));
        story.tell(0, finishes(ANNA));
        assert_eq!(story.sent(), [name]);
    }
}

#[test]
pub(super) fn personas() {
    assert_eq!(line().personas, []);
    let set: fn(&mut LineSettings, usize) = |line, count| {
        let named = |n: usize| Persona { operator: id(&n.to_string()), ..alice() };
        line.personas = (0..count).map(named).collect();
    };
    bounds("personas", "at most 1000", set, &[0, 1_000], &[1_001]);
    let problem = |personas: Vec<Persona>| {
        let mut found = problems(&LineSettings { personas, ..line() });
        assert!(found.len() <= 1);
        found.pop().map(|FieldProblem { field, allowed }| (field, allowed))
    };
    let named = |name: &str| Persona { name: name.to_owned(), ..alice() };
    let pictured = |url: &str| Persona { picture: Some(url.to_owned()), ..alice() };
    let is = |field, allowed: &str| Some((field, allowed.to_owned()));
    assert_eq!(problem(vec![alice(), alice()]), is("personas", "each operator once"));
    for name in ["", " ", &"ä".repeat(101)] {
        assert_eq!(problem(vec![named(name)]), is("personas.name", "1..100 characters"));
    }
    assert_eq!(problem(vec![named(&"ä".repeat(100))]), None);
    assert_eq!(problem(vec![pictured("https://example.com/alice.png")]), None);
    for url in ["", "http://example.com/alice.png", &format!("https://{}", "a".repeat(2_000))] {
        let allowed = "an https address, or null";
        assert_eq!(problem(vec![pictured(url)]), is("personas.picture", allowed));
    }
    // Who has none is shown as the company.
    let persona = LineSettings { operator_shown_as: ShownAs::Persona, ..line() };
    assert!(persona.shown(&id(ANNA), "Anna").is_none());
}
