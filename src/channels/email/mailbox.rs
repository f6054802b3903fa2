//! The mailbox: what is new in it, by IMAP. Nothing in it is changed.
//!
//! Letters have numbers that grow, for as long as the mailbox says that its numbers are good
//! (`UIDVALIDITY`). The place is both, in one number.

use std::collections::BTreeMap;
use std::time::Duration;

use async_imap::error::Error;
use async_imap::extensions::idle::IdleResponse;
use async_imap::types::Fetch;
use async_imap::{Client, Session};
use domain::id::ChannelId;
use futures_util::TryStreamExt as _;
use jiff::{SignedDuration, Timestamp};

use super::super::kept::Kept;
use super::super::{Item, Meaning, PollError, Polled};
use super::Account;
use super::letter::{self, Extent, Mailbox};
use crate::outbound::{Line, Outbound, Security, Server};

/// Larger letters are read in part.
const LETTER_BYTES_MAX: u32 = 25 * 1024 * 1024;
/// So much of them.
const BEGINNING_BYTES: u32 = 512 * 1024;
/// Letters taken at a time, by number and by size.
const BATCH_MAX: usize = 20;
const BATCH_BYTES_MAX: u32 = 32 * 1024 * 1024;
/// For answers without letters in them.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// For a letter on its way.
const LETTER_PATIENCE: Duration = Duration::from_mins(2);
/// When the numbers of a mailbox are no longer good, letters of that time are looked at again. Those
/// that were taken are known by their ids.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(3 * 24);

/// A mailbox that is open.
pub(in crate::channels) struct Open {
    session: Session<Line>,
    /// Which settings it was opened by.
    key: Key,
    validity: u32,
    /// The number that the next letter would have had.
    next: u32,
    idles: bool,
}

/// What a connection depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    server: String,
    login: String,
    password: String,
}

/// Up to where letters were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    validity: u32,
    uid: u32,
}

impl Place {
    fn read(offset: i64) -> Self {
        let bits = offset.cast_unsigned();
        let [validity, uid] = [bits >> 32, bits & u64::from(u32::MAX)]
            .map(|half| u32::try_from(half).unwrap_or(u32::MAX));
        Self { validity, uid }
    }

    fn offset(self) -> i64 {
        (u64::from(self.validity) << 32 | u64::from(self.uid)).cast_signed()
    }
}

/// Letters behind the place; waits for one where there is none. Of a mailbox that was never asked, all
/// that is in it is old.
pub(in crate::channels) async fn poll(
    outbound: &Outbound,
    kept: &Kept,
    channel: &ChannelId,
    account: Account<'_>,
    from: (Option<i64>, Duration),
    now: Timestamp,
) -> Result<Polled, PollError> {
    let (offset, wait) = from;
    let kept_open = kept.take_mailbox(channel).filter(|open| open.key == Key::of(account));
    let mut open = match kept_open {
        Some(open) => open,
        None => Open::new(outbound, account).await?,
    };
    let asking = Asking { account, patience: outbound.step_patience() };
    let Some(place) = offset.map(Place::read) else {
        let place = Place { validity: open.validity, uid: open.next.saturating_sub(1) };
        kept.keep_mailbox(channel, open);
        return Ok(Polled { items: Vec::new(), next_offset: Some(place.offset()) });
    };
    let mut uids = asking.newer(&mut open, place, now).await?;
    if uids.is_empty() {
        open = asking.waits(open, wait).await?;
        uids = asking.newer(&mut open, place, now).await?;
    }
    let (items, last) = asking.letters(&mut open, &uids).await?;
    let here = Place { validity: open.validity, uid: place.uid };
    let next = match last {
        Some(uid) => Place { uid, ..here },
        // Nothing of late in a mailbox whose numbers are new.
        None if here != place => Place { uid: open.next.saturating_sub(1), ..here },
        None => place,
    };
    kept.keep_mailbox(channel, open);
    Ok(Polled { items, next_offset: Some(next.offset()) })
}

/// Opens the mailbox.
pub(super) async fn test(outbound: &Outbound, account: Account<'_>) -> Result<(), PollError> {
    let mut open = Open::new(outbound, account).await?;
    let _left = tokio::time::timeout(outbound.step_patience(), open.session.logout()).await;
    Ok(())
}

impl Key {
    fn of(account: Account<'_>) -> Self {
        Self {
            server: account.imap_server.to_owned(),
            login: account.login.to_owned(),
            password: account.password.to_owned(),
        }
    }
}

impl Open {
    async fn new(outbound: &Outbound, account: Account<'_>) -> Result<Self, PollError> {
        let server = Server::parse(account.imap_server).map_err(|fault| PollError::of(&fault))?;
        let line = outbound.dial(&server).await.map_err(|fault| PollError::of(&fault))?;
        let asking = Asking { account, patience: outbound.step_patience() };
        let mut client = Client::new(line);
        let greeted = asking.step(async { Ok(client.read_response().await?) }).await?;
        if greeted.is_none() {
            return Err(asking.failed(&Error::ConnectionLost));
        }
        if server.security() == Security::Upgraded {
            let agreed = client.run_command_and_check_ok("STARTTLS", None);
            asking.step(agreed).await.map_err(|_| PollError::ChannelDead {
                reason: "the mail server does not encrypt by STARTTLS".to_owned(),
            })?;
            // What was said before is not believed.
            let line = outbound.upgrade(client.into_inner(), &server).await;
            client = Client::new(line.map_err(|fault| PollError::of(&fault))?);
        }
        let mut session = asking.signs_in(client).await?;
        let able = asking.step(session.capabilities()).await?;
        let found = asking.step(session.select("INBOX")).await?;
        let Some(validity) = found.uid_validity else {
            let reason = "the mail server gives letters no lasting numbers".to_owned();
            return Err(PollError::ChannelDead { reason });
        };
        let next = found.uid_next.unwrap_or(1);
        let idles = able.has_str("IDLE");
        Ok(Self { session, key: Key::of(account), validity, next, idles })
    }

    fn may_read(&mut self, bytes: usize) {
        self.session.get_mut().may_read(bytes);
    }
}

/// Calls of one poll.
#[derive(Clone, Copy)]
struct Asking<'a> {
    account: Account<'a>,
    patience: Duration,
}

impl Asking<'_> {
    async fn step<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, PollError> {
        self.step_within(self.patience, call).await
    }

    async fn step_within<T>(
        &self,
        patience: Duration,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, PollError> {
        match tokio::time::timeout(patience, call).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.failed(&error)),
            Err(_) => {
                let reason = "the mail server does not answer".to_owned();
                Err(PollError::RetryLater { reason })
            }
        }
    }

    fn failed(&self, error: &Error) -> PollError {
        PollError::RetryLater { reason: self.account.words(&error.to_string()) }
    }

    /// A refusal is for good, unless the server says that it may pass (RFC 5530).
    async fn signs_in(&self, client: Client<Line>) -> Result<Session<Line>, PollError> {
        let (login, password) = (self.account.login, self.account.password);
        let signed = tokio::time::timeout(self.patience, client.login(login, password)).await;
        match signed {
            Ok(Ok(session)) => Ok(session),
            Ok(Err((Error::No(words), _))) => {
                let passes = ["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"];
                let reason = self.account.words(&words);
                if passes.iter().any(|word| words.to_ascii_uppercase().contains(word)) {
                    return Err(PollError::RetryLater { reason });
                }
                Err(PollError::ChannelDead { reason })
            }
            Ok(Err((error, _))) => Err(self.failed(&error)),
            Err(_) => {
                let reason = "the mail server does not answer".to_owned();
                Err(PollError::RetryLater { reason })
            }
        }
    }

    /// The numbers of letters behind the place, the oldest first, no more than are taken at a time.
    async fn newer(
        &self,
        open: &mut Open,
        place: Place,
        now: Timestamp,
    ) -> Result<Vec<u32>, PollError> {
        open.may_read(ANSWER_BYTES_MAX);
        while open.session.unsolicited_responses.try_recv().is_ok() {}
        let is_good = place.validity == open.validity;
        let query = if is_good {
            format!("UID {}:*", place.uid.saturating_add(1))
        } else {
            format!("SINCE {}", (now - LOOK_BACK).strftime("%d-%b-%Y"))
        };
        let found = self.step(open.session.uid_search(query)).await?;
        // `n:*` names the last letter also where it is before `n`.
        let newer = found.into_iter().filter(|uid| !is_good || *uid > place.uid);
        let mut uids: Vec<u32> = newer.collect();
        uids.sort_unstable();
        uids.truncate(BATCH_MAX);
        Ok(uids)
    }

    /// Until something happens in the mailbox, or for so long.
    async fn waits(&self, mut open: Open, wait: Duration) -> Result<Open, PollError> {
        open.may_read(ANSWER_BYTES_MAX);
        if !open.idles {
            let _passed = tokio::time::timeout(wait, std::future::pending::<()>()).await;
            self.step(open.session.noop()).await?;
            return Ok(open);
        }
        let Open { session, key, validity, next, idles } = open;
        let told = session.unsolicited_responses.clone();
        let mut idle = session.idle();
        self.step(idle.init()).await?;
        // What was told since letters were looked for is not told again.
        if told.is_empty() {
            let (news, _until_dropped) = idle.wait_with_timeout(wait);
            match news.await.map_err(|error| self.failed(&error))? {
                IdleResponse::NewData(_) | IdleResponse::Timeout => {}
                IdleResponse::ManualInterrupt => return Err(self.failed(&Error::ConnectionLost)),
            }
        }
        let session = self.step(idle.done()).await?;
        Ok(Open { session, key, validity, next, idles })
    }

    /// What these letters say, and the number of the last.
    async fn letters(
        &self,
        open: &mut Open,
        uids: &[u32],
    ) -> Result<(Vec<Item>, Option<u32>), PollError> {
        let (mut items, mut last) = (Vec::new(), None);
        if uids.is_empty() {
            return Ok((items, last));
        }
        let numbers: Vec<String> = uids.iter().map(u32::to_string).collect();
        let sizes = self.fetch(open, &numbers.join(","), "(UID RFC822.SIZE)").await?;
        let sizes = sizes.iter().filter_map(|found| Some((found.uid?, found.size?)));
        let sizes: BTreeMap<u32, u32> = sizes.collect();
        let mut bytes = 0_u32;
        for uid in uids {
            // One that is not there any more has no size.
            let size = sizes.get(uid).copied().unwrap_or(0);
            bytes = bytes.saturating_add(size.min(LETTER_BYTES_MAX));
            if last.is_some() && bytes > BATCH_BYTES_MAX {
                break;
            }
            if sizes.contains_key(uid) {
                items.extend(self.letter(open, *uid, size).await?);
            }
            last = Some(*uid);
        }
        Ok((items, last))
    }

    async fn letter(
        &self,
        open: &mut Open,
        uid: u32,
        size: u32,
    ) -> Result<Option<Item>, PollError> {
        let extent = if size <= LETTER_BYTES_MAX { Extent::Whole } else { Extent::Beginning };
        let wanted = match extent {
            Extent::Whole => "(UID BODY.PEEK[])".to_owned(),
            Extent::Beginning => format!("(UID BODY.PEEK[]<0.{BEGINNING_BYTES}>)"),
        };
        let found = self.fetch(open, &uid.to_string(), &wanted).await?;
        let raw = found.iter().find(|found| found.uid == Some(uid)).and_then(Fetch::body);
        let Some(raw) = raw.map(<[u8]>::to_vec) else { return Ok(None) };
        let mailbox = Mailbox {
            address: self.account.address.to_owned(),
            secret: self.account.secret.to_owned(),
        };
        // What cannot be read is passed over: it would come again for ever.
        let read = tokio::task::spawn_blocking(move || letter::read(&mailbox, &raw, extent)).await;
        Ok(Some(read.unwrap_or_else(|_| Item {
            dedupe: format!("unreadable:{uid}"),
            dedupe_seconds: 0,
            account: None,
            meaning: Meaning::Ignored("unreadable"),
        })))
    }

    async fn fetch(
        &self,
        open: &mut Open,
        uids: &str,
        what: &str,
    ) -> Result<Vec<Fetch>, PollError> {
        let bytes_max = usize::try_from(LETTER_BYTES_MAX).unwrap_or(usize::MAX);
        open.may_read(bytes_max + ANSWER_BYTES_MAX);
        let fetching = async {
            let found = open.session.uid_fetch(uids, what).await?;
            found.try_collect::<Vec<_>>().await
        };
        self.step_within(LETTER_PATIENCE, fetching).await
    }
}
