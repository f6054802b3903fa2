//! The story of a seed in words.

use crate::effect::{Effect, Input};
use crate::stories::words::{in_words, news_in_words};
use crate::world::{Happened, Step};

pub(super) fn tell(happened: &[Happened]) {
    for happened in happened {
        match happened {
            Happened::Turned { at, line, open } => {
                println!("{at} {line} {}", if *open { "opens" } else { "closes" });
            }
            Happened::SetAway { at, operator } => println!("{at} {operator} is set away"),
            Happened::Step(step) => tell_step(step),
        }
    }
}

fn tell_step(step: &Step) {
    let Step { at, line, conversation, input, effects } = step;
    println!("{at} {line} {conversation}: {}", name(input));
    for effect in effects {
        if let Effect::Seek(seek) = effect {
            println!("      seeks {seek:?}");
        }
        if let Some(words) = in_words(effect).or_else(|| news_in_words(effect)) {
            println!("      {words}");
        }
    }
}

/// What comes in, without its contents.
fn name(input: &Input) -> String {
    let whole = format!("{input:?}");
    let end = whole.find([' ', '(']).unwrap_or(whole.len());
    whole[..end].to_owned()
}
