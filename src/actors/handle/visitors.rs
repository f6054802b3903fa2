//! What the edge asks for visitors of sites: what they do, what they may read, their sockets.

use std::net::IpAddr;
use std::sync::Arc;

use domain::channel::Channel;
use domain::channel::widget::WidgetSettings;
use domain::chat::{CustomerMessage, Inbound, InboundKind, Introduction, Receipt};
use domain::customer::Standing;
use domain::id::{ChatKey, ConversationId, EntryNumber, FileId};
use domain::line::RatingScale;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::actors::handle::{Arrival, NodeHandle, NotStored, SessionLink, SocketLink};
use crate::actors::visitor::VisitorSession;
use crate::actors::visitor::chat::{self, Position};
use crate::actors::visitor::limits::{OfWidget, TooFast};
use crate::channels::widget::{self, Contacts, Visitor};
use crate::crm::contacts;
use crate::protocol::visitor::{
    FIELD_CHARS_MAX, TEXT_CHARS_MAX, VisitorFrame, VisitorNews, VisitorOutcome, VisitorRefusal,
};

/// How long a repeated message is recognised.
const DEDUPE_SECONDS: u32 = 172_800;

/// Somebody on a page of a widget, as his token says, and where he sits.
#[derive(Clone, Debug)]
pub struct Guest {
    pub channel: Arc<Channel>,
    pub visitor: Visitor,
    pub address: IpAddr,
    /// His page shows a conversation that goes on. What the page knows may be a moment old.
    pub(crate) in_conversation: bool,
}

/// What came of something that a visitor did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    pub outcome: VisitorOutcome,
    /// He is somebody else in our eyes from now on: the outcome has his new token.
    pub visitor: Option<Visitor>,
}

impl Guest {
    pub fn new(channel: Arc<Channel>, visitor: Visitor, address: IpAddr) -> Self {
        Self { channel, visitor, address, in_conversation: false }
    }

    /// None: the channel is no widget, or switched off.
    fn widget(&self) -> Option<&WidgetSettings> {
        self.channel.settings.widget().filter(|_| self.channel.enabled)
    }

    pub(crate) fn chat(&self) -> ChatKey {
        ChatKey { channel: self.channel.id.clone(), external: self.visitor.id.clone() }
    }
}

impl NodeHandle {
    /// Counts a page that is opened at that address. `Err`: seconds to wait.
    pub fn visitor_comes(&self, channel: &Channel, address: IpAddr) -> Result<(), u64> {
        let Some(widget) = channel.settings.widget() else { return Ok(()) };
        let limits = self.parts.visitor_limits.of(&channel.id, &widget.limits);
        limits.start(address).map_err(|TooFast(seconds)| seconds)
    }

    /// What happened in his chat since that position. `Err(Full)`: he asks too often.
    pub async fn visitor_news(
        &self,
        guest: &Guest,
        after: Option<&str>,
    ) -> Result<VisitorNews, NotStored> {
        let limits = self.limits_of(guest).ok_or(NotStored::Unavailable)?;
        limits.reading(&guest.visitor.id).map_err(|TooFast(_)| NotStored::Full)?;
        let after = after.and_then(Position::parse);
        chat::news(self, &guest.chat(), after.as_ref()).await
    }

    /// Starts a session on this thread for a socket that was just opened at that address; its token
    /// comes over it. None: the node goes down.
    pub fn open_visitor(
        &self,
        channel: Arc<Channel>,
        address: IpAddr,
        socket: SocketLink,
    ) -> Option<SessionLink> {
        if self.parts.is_draining() {
            return None;
        }
        let session = VisitorSession::start(self.clone(), channel, address, socket);
        Some(SessionLink { received: session.clone().recipient(), closed: session.recipient() })
    }

    /// Carries out what a visitor does; what he does over a socket alone (`hello`, `ack`) is none of
    /// it.
    pub async fn visitor_acts(&self, guest: &Guest, frame: VisitorFrame) -> Acted {
        let done = match frame {
            VisitorFrame::Message { id, text, files } => {
                self.visitor_sends(guest, id, text, &files).await
            }
            VisitorFrame::Rate { id, value } => self.visitor_rates(guest, id, value).await,
            VisitorFrame::Introduce { id, name, phone, email, consent } => {
                let form = Form { name, phone, email, consent };
                return match self.visitor_introduces(guest, id, form).await {
                    Ok(acted) => acted,
                    Err(why) => refused(why),
                };
            }
            VisitorFrame::Received { conversation, up_to, how } => {
                self.visitor_received(guest, &conversation, up_to, how).await
            }
            VisitorFrame::Typing {} => {
                self.visitor_types(guest).await;
                Ok(())
            }
            VisitorFrame::Hello { .. } | VisitorFrame::Ack { .. } => Ok(()),
        };
        match done {
            Ok(()) => Acted { outcome: VisitorOutcome::Done { token: None }, visitor: None },
            Err(why) => refused(why),
        }
    }

    pub(super) fn limits_of(&self, guest: &Guest) -> Option<Arc<OfWidget>> {
        let widget = guest.widget()?;
        Some(self.parts.visitor_limits.of(&guest.channel.id, &widget.limits))
    }

    async fn visitor_sends(
        &self,
        guest: &Guest,
        id: Uuid,
        text: String,
        files: &[FileId],
    ) -> Result<(), VisitorRefusal> {
        let is_empty = text.trim().is_empty() && files.is_empty();
        if is_empty || text.chars().count() > TEXT_CHARS_MAX {
            return Err(bad("text"));
        }
        let attachments = self.uploaded(guest, files).await?;
        let message = CustomerMessage { text, attachments, ..CustomerMessage::default() };
        self.visitor_writes(guest, id, message).await
    }

    async fn visitor_writes(
        &self,
        guest: &Guest,
        id: Uuid,
        message: CustomerMessage,
    ) -> Result<(), VisitorRefusal> {
        let limits = self.limits_of(guest).ok_or(VisitorRefusal::Unavailable {})?;
        limits.message(&guest.visitor.id)?;
        let message = CustomerMessage { external_id: Some(id.to_string().into()), ..message };
        let dedupe = format!("visitor:{}:{id}", guest.visitor.id);
        if message.rating.is_none() && self.begins(guest).await? {
            self.may_begin(guest)?;
            limits.conversation(guest.address)?;
            self.vouch(guest).await?;
        }
        self.take(guest, dedupe, InboundKind::Message(message)).await
    }

    /// A press of a button, in the words of the button.
    async fn visitor_rates(
        &self,
        guest: &Guest,
        id: Uuid,
        value: u8,
    ) -> Result<(), VisitorRefusal> {
        let news = chat::news(self, &guest.chat(), None).await;
        let asked = news.map_err(|_| VisitorRefusal::Unavailable {})?.state.rating;
        let scale = asked.map(|asked| asked.scale).filter(|scale| scale.allows(value));
        let words = match scale.ok_or_else(|| bad("value"))? {
            RatingScale::Like if value == 0 => "👎".to_owned(),
            RatingScale::Like => "👍".to_owned(),
            RatingScale::Stars => format!("{value} ⭐"),
        };
        let press =
            CustomerMessage { text: words, rating: Some(value), ..CustomerMessage::default() };
        self.visitor_writes(guest, id, press).await
    }

    /// Whether his next message begins a conversation.
    pub(super) async fn begins(&self, guest: &Guest) -> Result<bool, VisitorRefusal> {
        // If it has just ended after all, he begins another as one of whom nothing more is asked.
        if guest.in_conversation && self.may_begin(guest).is_ok() {
            return Ok(false);
        }
        let chat = chat::chat(self, &guest.chat()).await?;
        Ok(chat.is_none_or(|chat| chat.open.is_none()))
    }

    /// Whether everything is known of him that is asked before a conversation.
    pub(super) fn may_begin(&self, guest: &Guest) -> Result<(), VisitorRefusal> {
        let directory = self.directory();
        let line = directory.lines.get(&guest.channel.line);
        let asks = line.is_some_and(|line| line.value.settings.consent.enabled);
        if asks && !guest.visitor.consented {
            return Err(VisitorRefusal::ConsentNeeded {});
        }
        let form = guest.widget().is_some_and(|widget| widget.form.before_chat);
        if form && !guest.visitor.introduced {
            return Err(VisitorRefusal::FormNeeded {});
        }
        Ok(())
    }

    /// What the site says of him goes to his card; at the first message, so that nothing is stored
    /// of those who only look at a page.
    async fn vouch(&self, guest: &Guest) -> Result<(), VisitorRefusal> {
        let Some(Contacts { phone, email }) = guest.visitor.vouched.clone() else { return Ok(()) };
        let name = guest.visitor.name.clone();
        let said = Sha256::digest(format!("{name}\0{phone:?}\0{email:?}"));
        let dedupe = format!("vouched:{}:{said:x}", guest.visitor.id);
        let (standing, consented) = (Standing::Verified, guest.visitor.consented);
        let who = Introduction { name, phone, email, standing, consented };
        self.take(guest, dedupe, InboundKind::Introduced(who)).await
    }

    async fn visitor_introduces(
        &self,
        guest: &Guest,
        id: Uuid,
        form: Form,
    ) -> Result<Acted, VisitorRefusal> {
        let widget = guest.widget().ok_or(VisitorRefusal::Unavailable {})?;
        let limits = self.limits_of(guest).ok_or(VisitorRefusal::Unavailable {})?;
        let who = form.read(self.parts.settings.region)?;
        let named = !who.name.is_empty() || guest.visitor.vouched.is_some();
        let given = (named, who.phone.is_some(), who.email.is_some());
        if let Some(field) = widget.form.missing(given.0, given.1, given.2) {
            return Err(bad(field));
        }
        let directory = self.directory();
        let line = directory.lines.get(&guest.channel.line);
        let asks = line.is_some_and(|line| line.value.settings.consent.enabled);
        if asks && !who.consented && !guest.visitor.consented {
            return Err(VisitorRefusal::ConsentNeeded {});
        }
        limits.message(&guest.visitor.id)?;
        limits.conversation(guest.address)?;
        let name = if who.name.is_empty() { &guest.visitor.name } else { &who.name };
        let visitor = Visitor {
            name: name.clone(),
            consented: guest.visitor.consented || who.consented,
            introduced: true,
            issued_at: self.clock().now(),
            ..guest.visitor.clone()
        };
        let token = widget::issue(&widget.key, &guest.channel.id, &visitor);
        let known = Guest { visitor: visitor.clone(), ..guest.clone() };
        let dedupe = format!("visitor:{}:{id}", guest.visitor.id);
        self.take(&known, dedupe, InboundKind::Introduced(who)).await?;
        let outcome = VisitorOutcome::Done { token: Some(token) };
        Ok(Acted { outcome, visitor: Some(visitor) })
    }

    async fn visitor_received(
        &self,
        guest: &Guest,
        conversation: &ConversationId,
        up_to: EntryNumber,
        how: Receipt,
    ) -> Result<(), VisitorRefusal> {
        let limits = self.limits_of(guest).ok_or(VisitorRefusal::Unavailable {})?;
        limits.reading(&guest.visitor.id)?;
        let entries = chat::unmarked(self, &guest.chat(), conversation, up_to, how).await?;
        if entries.is_empty() {
            return Ok(());
        }
        let newest = entries.last().map_or(0, |entry| entry.0);
        let dedupe = format!("received:{conversation}:{newest}:{how:?}");
        let conversation = conversation.clone();
        let what = InboundKind::Received { conversation, entries, how };
        self.take(guest, dedupe, what).await
    }

    /// Those whom his messages reach see that he writes.
    async fn visitor_types(&self, guest: &Guest) {
        let Some(limits) = self.limits_of(guest) else { return };
        if limits.reading(&guest.visitor.id).is_err() {
            return;
        }
        self.customer_writes(&guest.channel.id, &guest.visitor.id).await;
    }

    async fn take(
        &self,
        guest: &Guest,
        dedupe: String,
        what: InboundKind,
    ) -> Result<(), VisitorRefusal> {
        let inbound = Inbound {
            chat: guest.visitor.id.clone(),
            customer_name: guest.visitor.name.clone(),
            what,
            original: None,
            return_to: None,
        };
        let channel = guest.channel.id.clone();
        let dedupe_seconds = DEDUPE_SECONDS;
        self.arrive(Arrival { channel, dedupe, dedupe_seconds, inbound }).await?;
        Ok(())
    }
}

/// The contact form as it was filled in.
struct Form {
    name: String,
    phone: String,
    email: String,
    consent: bool,
}

impl Form {
    fn read(self, region: contacts::Region) -> Result<Introduction, VisitorRefusal> {
        let Self { name, phone, email, consent } = self;
        for (field, text) in [("name", &name), ("phone", &phone), ("email", &email)] {
            if text.chars().count() > FIELD_CHARS_MAX {
                return Err(bad(field));
            }
        }
        let given = |text: &str| !text.trim().is_empty();
        let phone = given(&phone)
            .then(|| contacts::phone(&phone, region).ok_or_else(|| bad("phone")))
            .transpose()?;
        let email = given(&email)
            .then(|| contacts::email(&email).ok_or_else(|| bad("email")))
            .transpose()?;
        let standing = Standing::Claimed;
        Ok(Introduction { name: widget::name(&name), phone, email, standing, consented: consent })
    }
}

pub(super) fn bad(field: &str) -> VisitorRefusal {
    VisitorRefusal::BadValue { field: field.to_owned() }
}

fn refused(why: VisitorRefusal) -> Acted {
    Acted { outcome: VisitorOutcome::Refused { why }, visitor: None }
}

impl From<TooFast> for VisitorRefusal {
    fn from(TooFast(seconds): TooFast) -> Self {
        Self::TooFast { seconds }
    }
}

impl From<NotStored> for VisitorRefusal {
    fn from(why: NotStored) -> Self {
        match why {
            NotStored::Full | NotStored::Unavailable | NotStored::Stale => Self::Unavailable {},
        }
    }
}
