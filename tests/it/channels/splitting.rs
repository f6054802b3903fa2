//! Long texts: cut where the platform must, and where it hurts least.

use domain::channel::ChannelSettings;
use proptest::prelude::*;
use switchboard::channels::{self, Part};
use unicode_segmentation::UnicodeSegmentation;

use super::telegram_at;

const LIMIT: usize = 4096;

fn parts(text: &str) -> Vec<String> {
    let parts = channels::parts(&telegram_at("https://api.telegram.org").settings, text, &[]);
    parts.into_iter().map(|part| part.text).collect()
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[test]
fn a_text_of_the_limit_is_one_message() {
    assert_eq!(parts(&"x".repeat(LIMIT)).len(), 1);
    assert_eq!(parts(&"😀".repeat(LIMIT / 2)).len(), 1);
    assert_eq!(parts(&"x".repeat(LIMIT + 1)), ["x".repeat(LIMIT), "x".to_owned()]);
    assert!(parts("").is_empty());
}

#[test]
fn a_surrogate_pair_stays_whole() {
    let text = format!("x{}", "😀".repeat(LIMIT / 2));
    let cut = parts(&text);
    assert_eq!(units(&cut[0]), LIMIT - 1);
    assert_eq!(cut[1], "😀");
}

#[test]
fn a_family_stays_together() {
    let family = "👨‍👩‍👧‍👦";
    let text = format!("{}{family}", "x".repeat(LIMIT - 3));
    assert_eq!(parts(&text), ["x".repeat(LIMIT - 3), family.to_owned()]);
}

#[test]
fn a_line_is_preferred_to_a_word_and_a_word_to_a_letter() {
    let words = format!("{} {}", "a".repeat(3000), "b".repeat(2000));
    assert_eq!(parts(&words), [format!("{} ", "a".repeat(3000)), "b".repeat(2000)]);
    let lines = format!("{}\nb {}", "a".repeat(3000), "c".repeat(2000));
    let cut = parts(&lines);
    assert_eq!(cut, [format!("{}\n", "a".repeat(3000)), format!("b {}", "c".repeat(2000))]);
}

#[test]
fn a_break_near_the_beginning_makes_no_tiny_message() {
    let text = format!("hi\n{}", "a".repeat(5000));
    assert_eq!(units(&parts(&text)[0]), LIMIT);
}

#[test]
fn a_monstrous_cluster_is_cut_between_characters() {
    let text = format!("e{}", "\u{301}".repeat(9000));
    let cut = parts(&text);
    assert_eq!(cut.concat(), text);
    assert!(cut.iter().all(|part| units(part) <= LIMIT));
}

#[test]
fn our_own_webhook_has_no_limit() {
    let settings = ChannelSettings::Webhook { keys: Vec::new(), outgoing_url: None };
    let text = "long ".repeat(10_000);
    let whole = channels::parts(&settings, &text, &[]);
    assert_eq!(whole, [Part { text, files: 0..0 }]);
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z]{1,300}",
        "[ \n\t]{1,3}",
        "\\PC{1,40}",
        Just("👨‍👩‍👧‍👦".repeat(30)),
        Just("🇷🇺🇺🇦".repeat(40)),
        Just("e\u{301}\u{323}".repeat(50)),
        Just("नमस्ते".repeat(40)),
        Just("\r\n".repeat(20)),
        Just(" \u{301}".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..Default::default() })]

    #[test]
    fn joined_the_parts_are_the_text(pieces in prop::collection::vec(piece(), 0..120)) {
        let text = pieces.concat();
        let cut = parts(&text);
        prop_assert_eq!(&cut.concat(), &text);
        let ends: std::collections::HashSet<usize> =
            text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
        let mut at = 0;
        for part in &cut {
            prop_assert!(!part.is_empty() && units(part) <= LIMIT);
            at += part.len();
            prop_assert!(ends.contains(&at), "cut inside a cluster at {}", at);
        }
    }
}
