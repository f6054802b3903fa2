//! What platforms post: verified over the raw bytes, stored, and only then acknowledged.
//!
//! No body that is answered holds anything of the request, but for our own webhook. What a request
//! means is known to `channels` alone. An unknown channel, a disabled one and a wrong proof of
//! origin get one and the same answer after the same work: 401 `not_genuine`.

use std::sync::LazyLock;
use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::rt::time::timeout;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use domain::channel::{Channel, ChannelSettings};
use domain::id::{ChannelId, LineId, ShardId};
use futures_util::{Stream, TryStreamExt as _};

use crate::actors::handle::{Accepted, Arrival};
use crate::channels::{
    self, Acknowledgement, AnswerBody, HookRequest, Item, Meaning, Rejected, Taken,
};
use crate::clock;
use crate::web::edge::Edge;
use crate::web::error::{ApiError, ErrorBody};
use crate::web::throttle;

/// How long a platform may take to send its request.
const BODY_WAIT: Duration = Duration::from_secs(30);

/// Takes what a platform posts.
#[utoipa::path(post, path = "/hooks/{channel}", tag = "hooks",
    params(("channel" = String, Path, description = "id of the channel")),
    responses(
        (status = 200, description = "stored (platforms)"),
        (status = 202, description = "stored (own webhook): `{accepted: [{id, status}]}` with \
            status `created` or `duplicate`"),
        (status = 400, description = "own webhook only: with a JSON pointer", body = ErrorBody),
        (status = 401, description = "unknown channel or wrong proof of origin", body = ErrorBody),
        (status = 413, description = "too large", body = ErrorBody),
        (status = 429, description = "too many without proof of origin", body = ErrorBody),
        (status = 503, description = "repeat it, see Retry-After", body = ErrorBody),
    ))]
pub(super) async fn receive(
    request: HttpRequest,
    channel: web::Path<String>,
    payload: web::Payload,
    edge: web::Data<Edge>,
) -> Result<HttpResponse, ApiError> {
    let body = read(payload, edge.limits.hook_bytes_max).await?;
    let directory = edge.node.directory();
    let known = ChannelId::parse(&channel).and_then(|id| directory.channels.get(&id));
    let known = known.map(|found| &*found.value).filter(|channel| channel.enabled);
    let parsed = parse(known.unwrap_or(&NO_CHANNEL), request.headers(), &body, &edge).await;
    // It is a part of what the connection reads into.
    drop(body);
    let refused = matches!(parsed, Err(Rejected::NotGenuine | Rejected::NotEndorsed));
    let (Some(channel), false) = (known, refused) else {
        count(known.map_or("unknown", |channel| channel.settings.kind()), "not_genuine");
        let address = throttle::counted_address(&request, edge.server.behind_proxy);
        edge.throttles.unverified_hooks.attempt(&address)?;
        let endorsed = parsed != Err(Rejected::NotEndorsed);
        return Err(if endorsed { ApiError::NotGenuine } else { ApiError::Forbidden });
    };
    let kind = channel.settings.kind();
    let answer = match parsed {
        Ok(items) => match store(&edge, channel, &items).await {
            Ok(taken) => {
                count(kind, if items.iter().any(is_stored) { "stored" } else { "ignored" });
                acknowledge(&channel.settings, &items, &taken)
            }
            Err(error) => {
                count(kind, "unavailable");
                return Err(error);
            }
        },
        Err(Rejected::NotGenuine | Rejected::NotEndorsed) => return Err(ApiError::NotGenuine),
        Err(Rejected::Malformed { pointer, problem }) => {
            count(kind, "malformed");
            return poison(&channel.settings, pointer, problem);
        }
    };
    Ok(answer)
}

fn is_stored(item: &Item) -> bool {
    matches!(item.meaning, Meaning::Inbound(_))
}

async fn parse(
    channel: &Channel,
    headers: &HeaderMap,
    body: &Bytes,
    edge: &Edge,
) -> Result<Vec<Item>, Rejected> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let keys = edge.node.keys(channel, &|name| header(name).map(str::to_owned)).await;
    let now = edge.clock.now();
    channels::parse(channel, &HookRequest { header: &header, body, keys: keys.as_deref(), now })
}

/// Lets a platform make sure that the address is ours.
#[utoipa::path(get, path = "/hooks/{channel}", tag = "hooks",
    params(("channel" = String, Path, description = "id of the channel")),
    responses(
        (status = 200, description = "the challenge of the platform"),
        (status = 401, description = "unknown channel or wrong token", body = ErrorBody),
        (status = 429, description = "too many without proof of origin", body = ErrorBody),
    ))]
pub(super) async fn challenge(
    request: HttpRequest,
    channel: web::Path<String>,
    query: web::Query<Vec<(String, String)>>,
    edge: web::Data<Edge>,
) -> Result<HttpResponse, ApiError> {
    let directory = edge.node.directory();
    let known = ChannelId::parse(&channel).and_then(|id| directory.channels.get(&id));
    let known = known.map(|found| &*found.value).filter(|channel| channel.enabled);
    let asked =
        |name: &str| query.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone());
    let answer = known.and_then(|channel| channels::challenge(&channel.settings, &asked));
    let Some(answer) = answer else {
        let address = throttle::counted_address(&request, edge.server.behind_proxy);
        edge.throttles.unverified_hooks.attempt(&address)?;
        return Err(ApiError::NotGenuine);
    };
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(answer))
}

async fn read(payload: web::Payload, bytes_max: usize) -> Result<Bytes, ApiError> {
    let incomplete = || ApiError::Malformed("the body did not arrive".to_owned());
    let body = timeout(BODY_WAIT, whole(payload, bytes_max)).await.map_err(|_| incomplete())?;
    body.map_err(|error| {
        if matches!(error, PayloadError::Overflow) { ApiError::TooLarge } else { incomplete() }
    })
}

/// The pieces of a body as one. The only piece is not copied.
async fn whole(
    mut pieces: impl Stream<Item = Result<Bytes, PayloadError>> + Unpin,
    bytes_max: usize,
) -> Result<Bytes, PayloadError> {
    let mut first = Bytes::new();
    let mut joined = BytesMut::new();
    while let Some(piece) = pieces.try_next().await? {
        if first.len().max(joined.len()) + piece.len() > bytes_max {
            return Err(PayloadError::Overflow);
        }
        if first.is_empty() {
            first = piece;
            continue;
        }
        if joined.is_empty() {
            joined.extend_from_slice(&first);
        }
        joined.extend_from_slice(&piece);
    }
    Ok(if joined.is_empty() { first } else { joined.freeze() })
}

/// In order, each durable before the next. A failure in between is harmless: the sender repeats
/// all, and what is stored already is a duplicate then.
async fn store(edge: &Edge, channel: &Channel, items: &[Item]) -> Result<Vec<Taken>, ApiError> {
    let mut taken = Vec::with_capacity(items.len());
    for item in items {
        let inbound = match &item.meaning {
            Meaning::Inbound(inbound) => inbound.clone(),
            Meaning::Ignored(word) => {
                metrics::counter!("switchboard_hooks_ignored_total",
                    "channel" => channel.settings.kind(), "word" => *word)
                .increment(1);
                taken.push(Taken::Duplicate);
                continue;
            }
            Meaning::Writing { chat } => {
                edge.node.customer_writes(&channel.id, chat).await;
                taken.push(Taken::Duplicate);
                continue;
            }
            // Letters lie in mailboxes.
            Meaning::Confirmation | Meaning::Letter(_) => {
                taken.push(Taken::Duplicate);
                continue;
            }
        };
        let Some(target) = target_heard_of(edge, channel, item).await? else {
            metrics::counter!("switchboard_hooks_ignored_total",
                "channel" => channel.settings.kind(), "word" => "another_account")
            .increment(1);
            taken.push(Taken::Duplicate);
            continue;
        };
        let arrival = Arrival {
            channel: target,
            dedupe: item.dedupe.clone(),
            dedupe_seconds: item.dedupe_seconds,
            inbound: *inbound,
        };
        taken.push(match edge.node.arrive(arrival).await? {
            Accepted::Created => Taken::Created,
            Accepted::Duplicate => Taken::Duplicate,
        });
    }
    Ok(taken)
}

/// The channel that an item is for: an app posts for all its accounts at any one of their hooks.
/// None: that account is not connected.
fn target(edge: &Edge, channel: &Channel, item: &Item) -> Option<ChannelId> {
    let Some(account) = &item.account else { return Some(channel.id.clone()) };
    let directory = edge.node.directory();
    let is_it = |found: &&Channel| {
        found.enabled && found.settings.is_account_of(account, &channel.settings)
    };
    let found = directory.channels.values().map(|found| &*found.value).find(is_it);
    found.map(|found| found.id.clone())
}

/// The same. Before an account counts as not connected, what other nodes have changed is known here.
async fn target_heard_of(
    edge: &Edge,
    channel: &Channel,
    item: &Item,
) -> Result<Option<ChannelId>, ApiError> {
    if let Some(target) = target(edge, channel, item) {
        return Ok(Some(target));
    }
    edge.node.hears_of_all().await?;
    Ok(target(edge, channel, item))
}

fn acknowledge(settings: &ChannelSettings, items: &[Item], taken: &[Taken]) -> HttpResponse {
    let Acknowledgement { status, body } = channels::acknowledge(settings, items, taken);
    let mut answer = HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::OK));
    match body {
        AnswerBody::Json(json) => answer.content_type("application/json").body(json),
        AnswerBody::Text(text) => answer.content_type("text/plain; charset=utf-8").body(text),
        AnswerBody::Nothing => answer.finish(),
    }
}

/// A platform would repeat its poison for hours: it is acknowledged. Who writes to our own webhook
/// can mend it.
fn poison(
    settings: &ChannelSettings,
    pointer: String,
    problem: &'static str,
) -> Result<HttpResponse, ApiError> {
    match settings {
        ChannelSettings::Webhook { .. } => Err(ApiError::MalformedAt { pointer, problem }),
        ChannelSettings::Telegram { .. }
        | ChannelSettings::Vk { .. }
        | ChannelSettings::Facebook { .. }
        | ChannelSettings::Instagram { .. }
        | ChannelSettings::Whatsapp { .. }
        | ChannelSettings::BotFramework { .. }
        | ChannelSettings::Viber { .. }
        | ChannelSettings::Max { .. }
        | ChannelSettings::Email { .. }
        | ChannelSettings::Widget(_) => Ok(HttpResponse::Ok().finish()),
    }
}

fn count(channel: &'static str, result: &'static str) {
    metrics::counter!("switchboard_hooks_total", "channel" => channel, "result" => result)
        .increment(1);
}

/// Stands for channels that there are not, so that they cost the same work. Nobody knows its key.
static NO_CHANNEL: LazyLock<Channel> = LazyLock::new(|| Channel {
    id: ChannelId::new("none"),
    name: String::new(),
    line: LineId::new("none"),
    shard: ShardId(0),
    enabled: false,
    settings: ChannelSettings::Webhook {
        keys: vec![format!("whsec_{}", STANDARD.encode(clock::secret_bytes::<32>()))],
        outgoing_url: None,
    },
});

#[cfg(test)]
mod tests {
    use actix_web::ResponseError as _;
    use actix_web::body::MessageBody as _;

    use super::*;

    fn telegram() -> ChannelSettings {
        ChannelSettings::Telegram {
            token: "1:a".to_owned(),
            secret: "secret".to_owned(),
            api_base: "https://api.telegram.org".to_owned(),
            polling: false,
            groups: false,
        }
    }

    fn answer(response: HttpResponse) -> (u16, String) {
        let status = response.status().as_u16();
        let body = response.into_body().try_into_bytes().expect("a whole body");
        (status, String::from_utf8(body.to_vec()).expect("text"))
    }

    #[actix_web::test]
    async fn a_body_is_whole_in_however_many_pieces_it_comes_and_not_longer_than_allowed() {
        let read = async |pieces: &[&'static str]| {
            let pieces = pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
            whole(futures_util::stream::iter(pieces.collect::<Vec<_>>()), 6).await
        };
        for pieces in [&["abcdef"][..], &["ab", "cd", "ef"], &["", "a", "bcde", "", "f"]] {
            assert_eq!(read(pieces).await.expect("short enough"), "abcdef", "{pieces:?}");
        }
        assert_eq!(read(&[]).await.expect("short enough"), "");
        for pieces in [&["abcdefg"][..], &["abcdef", "g"], &["ab", "cdef", "g"]] {
            let too_long = read(pieces).await;
            assert!(matches!(too_long, Err(PayloadError::Overflow)), "{pieces:?}");
        }
    }

    #[test]
    fn a_platform_gets_nothing_back_of_what_it_sent() {
        let empty = (200, String::new());
        assert_eq!(answer(acknowledge(&telegram(), &[], &[])), empty);
        let poisoned = poison(&telegram(), "/message".to_owned(), "no text");
        assert_eq!(answer(poisoned.expect("acknowledged")), empty);
    }

    #[test]
    fn our_own_webhook_says_what_is_wrong_and_where() {
        let webhook = &NO_CHANNEL.settings;
        assert_eq!(acknowledge(webhook, &[], &[]).status(), StatusCode::ACCEPTED);
        let poisoned = poison(webhook, "/messages/0/chat".to_owned(), "missing");
        let (status, body) = answer(poisoned.expect_err("refused").error_response());
        assert_eq!(status, 400);
        assert!(body.contains(r#""pointer":"/messages/0/chat""#), "{body}");
    }
}
