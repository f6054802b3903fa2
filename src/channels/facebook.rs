//! Messenger: the messages of a Facebook page.
//!
//! Sources: those of `meta.rs` and `meta/messaging.rs`. One request may hold events of several pages
//! of the same app.

use std::time::Duration;

use serde_json::json;

use super::form::{ACCOUNT, Form, Is, SECRET, TOKEN, field};
use super::meta::graph::Failed;
use super::meta::{self, messaging};
use super::text::{split, utf16_units};
use super::{HookRequest, Item, Outgoing, Pace, Rate, Rejected, SendOutcome};
use crate::outbound::Outbound;

pub(super) use super::meta::graph::Account;

pub const FORM: Form = Form {
    kind: "facebook",
    fields: &[
        field!("page_id", Is::Text(ACCOUNT)),
        field!("token", Is::Secret(TOKEN)),
        field!("app_secret", Is::Secret(TOKEN)),
        field!("verify_token", Is::MadeHere(SECRET)),
        field!("api_base", Is::Base("https://graph.facebook.com/v23.0")),
        field!("human_agent", Is::Flag(false)),
    ],
};

const OBJECT: &str = "page";
/// The platform repeats for hours, then gives up.
const DEDUPE_SECONDS: u32 = 48 * 60 * 60;
/// Ten files a second of a page; it would take more texts. Of a chat nothing is documented.
pub(super) const PACE: Pace = Pace {
    chat: Some(Rate { every: Duration::from_secs(1), burst: 5 }),
    channel: Some(Rate { every: Duration::from_millis(100), burst: 10 }),
};
const TEXT_UTF16_MAX: usize = 2_000;
/// What a page must send us.
const FIELDS: &str = "messages,messaging_postbacks,message_echoes,message_edits,\
    message_reactions,message_deliveries,message_reads";

pub(super) fn parts(text: &str) -> Vec<String> {
    split(text, TEXT_UTF16_MAX, utf16_units)
}

pub(super) fn parse(
    page_id: &str,
    app_secret: &str,
    request: &HookRequest<'_>,
) -> Result<Vec<Item>, Rejected> {
    meta::parse(app_secret, OBJECT, page_id, DEDUPE_SECONDS, request, messaging::of_entry)
}

pub(super) async fn send(
    outbound: &Outbound,
    page: Account<'_>,
    human_agent: bool,
    message: &Outgoing<'_>,
) -> SendOutcome {
    messaging::send(outbound, page, human_agent, message).await
}

/// Has the page send its events to the app; it forgets that after long failures.
pub(super) async fn connect(outbound: &Outbound, page: Account<'_>) -> Result<(), String> {
    let fields = json!({ "subscribed_fields": FIELDS });
    page.post(outbound, "subscribed_apps", &fields).await.map(|_| ()).map_err(Failed::words)
}

pub(super) async fn name_of(
    outbound: &Outbound,
    page: Account<'_>,
    customer: &str,
) -> Option<String> {
    messaging::name_of(outbound, page, customer, ["first_name", "last_name"]).await
}

pub(super) async fn test(outbound: &Outbound, page: Account<'_>) -> Result<String, String> {
    messaging::test(outbound, page, "name").await
}
