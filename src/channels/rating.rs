//! What rating buttons send back on platforms that let a button hold a text.

use domain::line::RatingScale;

/// Begins everything that is ours in what a platform gives back.
pub(super) const MARK: &str = "switchboard:";

/// What a button of that value sends back.
pub(super) fn data_of(value: u8) -> String {
    format!("{MARK}rating:{value}")
}

/// The value that a button sent back; none: it is none of ours.
pub(super) fn value_of(data: &str) -> Option<u8> {
    let value = data.strip_prefix(MARK)?.strip_prefix("rating:")?.parse().ok()?;
    [RatingScale::Like, RatingScale::Stars].iter().any(|s| s.allows(value)).then_some(value)
}

/// The buttons of a scale: their words, and their values.
pub(super) fn buttons(scale: RatingScale) -> Vec<(String, u8)> {
    match scale {
        RatingScale::Like => vec![("👍".to_owned(), 1), ("👎".to_owned(), 0)],
        RatingScale::Stars => (1..=5).map(|stars| (format!("{stars} ⭐"), stars)).collect(),
    }
}
