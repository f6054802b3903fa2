//! What the customer thinks of it: asked once, answered by a button, a digit or a thumb.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::chat::{AskedRating, CustomerMessage};
use crate::conversation::turn::{Turn, after};
use crate::conversation::{Conversation, State};
use crate::entry::Fact;
use crate::id::OperatorId;
use crate::line::RatingScale;

/// The rating of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// What was asked, and until when an answer counts; none: nothing is asked, or one of us has
    /// written since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<OpenRating>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<GivenRating>,
    /// It is asked once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) asked: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRating {
    pub scale: RatingScale,
    pub until: Timestamp,
    /// Whose rating it is: who finished.
    pub of: Option<OperatorId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenRating {
    pub scale: RatingScale,
    pub value: u8,
    pub of: Option<OperatorId>,
}

impl Rating {
    /// What comes now is no rating any more.
    pub(super) fn withdraw(&mut self) {
        self.open = None;
    }
}

impl Conversation {
    /// Asks what the customer thinks of whoever finished, if that has not been asked.
    pub(super) fn request_rating(&mut self, of: Option<OperatorId>, turn: &mut Turn<'_>) {
        let scale = turn.line.rating.scale;
        if self.rating.asked || !self.ask_for_rating(scale, turn) {
            return;
        }
        let until = after(turn.now, turn.line.rating_time_limit());
        self.rating.asked = true;
        self.rating.open = Some(OpenRating { scale, until, of });
        self.fact(Fact::RatingRequested { scale }, turn);
    }

    /// The value, if the message is nothing but the rating that was asked for. In an active
    /// conversation a digit is an ordinary answer; a button is never anything but a rating.
    pub fn rating_in(&self, message: &CustomerMessage, now: Timestamp) -> Option<u8> {
        match &self.state {
            State::Closing { .. } | State::Closed { .. } => {}
            State::Waiting { .. } | State::Offered { .. } | State::Active(_) => {
                message.rating?;
            }
        }
        let open = self.rating.open.as_ref().filter(|open| now < open.until)?;
        let another =
            |asked: &AskedRating| asked.conversation != self.id || asked.scale != open.scale;
        if message.asked.as_ref().is_some_and(|asked| another(asked)) {
            return None;
        }
        is_rating(message, open.scale)
    }

    /// Records it. The last one counts.
    pub(super) fn rated(&mut self, value: u8, turn: &mut Turn<'_>) {
        let Some(open) = self.rating.open.clone() else { return };
        let (scale, of) = (open.scale, open.of);
        self.rating.given = Some(GivenRating { scale, value, of });
        self.fact(Fact::Rated { scale, value }, turn);
    }
}

/// The rating that the message is, if it is nothing else: a button, a valid digit, or a thumb.
pub fn is_rating(message: &CustomerMessage, scale: RatingScale) -> Option<u8> {
    if let Some(pressed) = message.rating {
        return Some(pressed).filter(|value| scale.allows(*value));
    }
    if !message.attachments.is_empty() {
        return None;
    }
    let mut characters = message.text.trim().chars();
    let (first, rest) = (characters.next()?, characters.as_str());
    if rest.is_empty()
        && let Some(digit) = first.to_digit(10)
    {
        return u8::try_from(digit).ok().filter(|value| scale.allows(*value));
    }
    let only_tinted = rest.chars().all(|c| matches!(c, '\u{1F3FB}'..='\u{1F3FF}' | '\u{FE0F}'));
    let (best, worst) = match scale {
        RatingScale::Like => (1, 0),
        RatingScale::Stars => (5, 1),
    };
    match first {
        '\u{1F44D}' if only_tinted => Some(best),
        '\u{1F44E}' if only_tinted => Some(worst),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Attachment;

    fn says(text: &str, scale: RatingScale) -> Option<u8> {
        let text = text.to_owned();
        is_rating(&CustomerMessage { text, ..CustomerMessage::default() }, scale)
    }

    #[test]
    fn only_a_digit_or_a_thumb_is_a_rating() {
        use RatingScale::{Like, Stars};
        for (text, like, stars) in [
            ("1", Some(1), Some(1)),
            (" 0\n", Some(0), None),
            ("5", None, Some(5)),
            ("6", None, None),
            ("10", None, None),
            ("1.", None, None),
            ("1 please", None, None),
            ("", None, None),
            ("👍", Some(1), Some(5)),
            ("👍🏽", Some(1), Some(5)),
            ("👎\u{FE0F}", Some(0), Some(1)),
            ("👍👍", None, None),
            ("١", None, None),
        ] {
            assert_eq!((says(text, Like), says(text, Stars)), (like, stars), "{text:?}");
        }
        let sticker = Attachment::Sticker { emoji: "👍".to_owned() };
        let message = CustomerMessage {
            text: "1".to_owned(),
            attachments: vec![sticker],
            ..CustomerMessage::default()
        };
        assert_eq!(is_rating(&message, Like), None);
        let pressed = CustomerMessage { rating: Some(3), ..CustomerMessage::default() };
        assert_eq!((is_rating(&pressed, Like), is_rating(&pressed, Stars)), (None, Some(3)));
    }
}
