//! Instagram: the messages of a professional account.
//!
//! Sources: those of `meta.rs` and `meta/messaging.rs`; the Instagram pages of the same documentation
//! for the limit in bytes. `graph.facebook.com` and `graph.instagram.com` both serve it.

use std::time::Duration;

use super::form::{ACCOUNT, Form, Is, SECRET, TOKEN, field};
use super::meta::{self, messaging};
use super::text::split;
use super::{HookRequest, Item, Outgoing, Pace, Rate, Rejected, SendOutcome};
use crate::outbound::Outbound;

pub(super) use super::meta::graph::Account;

pub const FORM: Form = Form {
    kind: "instagram",
    fields: &[
        field!("account_id", Is::Text(ACCOUNT)),
        field!("token", Is::Secret(TOKEN)),
        field!("app_secret", Is::Secret(TOKEN)),
        field!("verify_token", Is::MadeHere(SECRET)),
        field!("api_base", Is::Base("https://graph.facebook.com/v23.0")),
        field!("human_agent", Is::Flag(false)),
    ],
};

const OBJECT: &str = "instagram";
/// The platform repeats for hours, then gives up.
const DEDUPE_SECONDS: u32 = 48 * 60 * 60;
/// Ten files a second of an account; it would take more texts. Of a chat nothing is documented.
pub(super) const PACE: Pace = Pace {
    chat: Some(Rate { every: Duration::from_secs(1), burst: 5 }),
    channel: Some(Rate { every: Duration::from_millis(100), burst: 10 }),
};
const TEXT_BYTES_MAX: usize = 1_000;

pub(super) fn parts(text: &str) -> Vec<String> {
    split(text, TEXT_BYTES_MAX, str::len)
}

pub(super) fn parse(
    account_id: &str,
    app_secret: &str,
    request: &HookRequest<'_>,
) -> Result<Vec<Item>, Rejected> {
    meta::parse(app_secret, OBJECT, account_id, DEDUPE_SECONDS, request, messaging::of_entry)
}

pub(super) async fn send(
    outbound: &Outbound,
    account: Account<'_>,
    human_agent: bool,
    message: &Outgoing<'_>,
) -> SendOutcome {
    messaging::send(outbound, account, human_agent, message).await
}

pub(super) async fn name_of(
    outbound: &Outbound,
    account: Account<'_>,
    customer: &str,
) -> Option<String> {
    messaging::name_of(outbound, account, customer, ["name", "username"]).await
}

pub(super) async fn test(outbound: &Outbound, account: Account<'_>) -> Result<String, String> {
    messaging::test(outbound, account, "username").await
}
