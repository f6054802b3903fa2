//! The way out: sign in, sender, recipient, letter.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Fault, LOGIN, Line, PASSWORD, Sent, Shared};

pub(super) async fn talk(mut line: Line, shared: Arc<Shared>) -> Option<()> {
    line.says("220 mail.shop.example ready").await?;
    let (mut from, mut to, mut is_in) = (String::new(), String::new(), false);
    loop {
        let said = line.read().await?;
        match shared.hears(&said) {
            Some(Fault::Cut) => return None,
            Some(Fault::Says(answer)) => {
                line.says(answer).await?;
                continue;
            }
            None => {}
        }
        let verb = said.split(' ').next().unwrap_or_default();
        match (verb, is_in) {
            ("EHLO", _) => line.says("250-mail.shop.example\r\n250 AUTH PLAIN LOGIN").await?,
            ("AUTH", false) => {
                let expected = STANDARD.encode(format!("\0{LOGIN}\0{PASSWORD}"));
                is_in = said == format!("AUTH PLAIN {expected}");
                line.says(if is_in { "235 good" } else { "535 5.7.8 bad credentials" }).await?;
            }
            ("MAIL", true) => {
                from = address(&said)?;
                line.says("250 ok").await?;
            }
            ("RCPT", true) => {
                to = address(&said)?;
                line.says("250 ok").await?;
            }
            ("DATA", true) => {
                line.says("354 go on").await?;
                let raw = letter(&mut line).await?;
                let fault = shared.hears(".");
                if !matches!(fault, Some(Fault::Says(_))) {
                    let (from, to) = (from.clone(), to.clone());
                    shared.lock().sent.push(Sent { from, to, raw });
                    shared.another.notify_all();
                }
                match fault {
                    Some(Fault::Cut) => return None,
                    Some(Fault::Says(answer)) => line.says(answer).await?,
                    None => line.says("250 queued").await?,
                }
            }
            ("QUIT", _) => {
                line.says("221 bye").await?;
                return None;
            }
            _ => line.says("530 5.7.0 sign in first").await?,
        }
    }
}

fn address(said: &str) -> Option<String> {
    let (_, rest) = said.split_once('<')?;
    Some(rest.split_once('>')?.0.to_owned())
}

async fn letter(line: &mut Line) -> Option<String> {
    let mut raw = String::new();
    loop {
        let said = line.read().await?;
        if said == "." {
            return Some(raw);
        }
        raw.push_str(said.strip_prefix('.').unwrap_or(&said));
        raw.push_str("\r\n");
    }
}
