//! Default texts to customers. Every one can be replaced in the line's settings.

use serde::{Deserialize, Serialize};

/// Language of the default texts of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    En,
    Ru,
}

/// For a customer whom nobody has answered yet.
pub fn unanswered(language: Language) -> &'static str {
    match language {
        Language::En => {
            "Thank you for waiting. All our operators are busy right now; \
             we will answer you here as soon as somebody is free."
        }
        Language::Ru => {
            "Спасибо за ожидание. Сейчас все операторы заняты, \
             мы ответим вам здесь, как только кто-нибудь освободится."
        }
    }
}
