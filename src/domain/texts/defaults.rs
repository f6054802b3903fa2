//! The default texts.

use crate::texts::{Kind, Language};

/// The text of that kind for a line that has none of its own.
pub fn default(kind: Kind, language: Language) -> &'static str {
    match language {
        Language::En => english(kind),
        Language::Ru => russian(kind),
    }
}

fn english(kind: Kind) -> &'static str {
    match kind {
        Kind::Welcome => "Hello! Thank you for writing to {company}. We will answer you shortly.",
        Kind::Consent => {
            "By writing to us you agree that {company} processes what you tell us \
             in order to answer you."
        }
        Kind::OffHours => {
            "Thank you for your message. We are closed at the moment and will answer you when we \
             are back: {opens_at}."
        }
        Kind::Unanswered => {
            "Thank you for waiting. All our operators are busy right now; \
             we will answer you here as soon as somebody is free."
        }
        Kind::Closing => {
            "Thank you for writing to {company}. If anything is left open, just write again."
        }
        Kind::AutoClose => {
            "We have not heard from you for a while and close this conversation. \
             Just write again whenever you need us."
        }
        Kind::RateLike => "Were you content with the answer? (1: yes, 0: no)",
        Kind::RateStars => "How did we do, from 1 (poor) to 5 (excellent)?",
    }
}

fn russian(kind: Kind) -> &'static str {
    match kind {
        Kind::Welcome => "Здравствуйте! Спасибо, что написали в {company}. Скоро мы вам ответим.",
        Kind::Consent => {
            "Продолжая переписку, вы соглашаетесь с тем, что {company} обрабатывает \
             ваши данные, чтобы ответить вам."
        }
        Kind::OffHours => {
            "Спасибо за сообщение. Сейчас мы не работаем и ответим вам, как только откроемся: \
             {opens_at}."
        }
        Kind::Unanswered => {
            "Спасибо за ожидание. Сейчас все операторы заняты, \
             мы ответим вам здесь, как только кто-нибудь освободится."
        }
        Kind::Closing => {
            "Спасибо за обращение в {company}. Если остались вопросы, просто напишите нам снова."
        }
        Kind::AutoClose => {
            "Вы давно не отвечали, поэтому мы завершаем разговор. \
             Напишите нам снова, когда понадобится."
        }
        Kind::RateLike => "Помог ли вам наш ответ? (1: да, 0: нет)",
        Kind::RateStars => "Оцените нашу работу: от 1 (плохо) до 5 (отлично).",
    }
}
