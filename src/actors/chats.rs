//! The chats that a shard has at hand. They are small documents without rules of their own.

use std::collections::{HashMap, HashSet, VecDeque};

use ahash::RandomState;
use domain::chat::Chat;
use domain::conversation::TextsSent;
use domain::id::{ChatKey, ConversationId, ShardId};

use crate::actors::encode;
use crate::actors::group::Group;
use crate::store::op::{Document, DocumentKind, Op};
use crate::store::{Store, Unavailable};

/// Chats kept in memory; beyond it those of earlier rounds are dropped and read again.
const CHATS_KEPT: usize = 20_000;

#[derive(Debug, Default)]
pub(crate) struct Chats {
    kept: HashMap<ChatKey, Kept, RandomState>,
    /// Those of the round at hand.
    touched: Vec<ChatKey>,
    /// Those of each round that is drafted and not committed: the one that is being written, and the
    /// next.
    sealed: VecDeque<Vec<ChatKey>>,
}

#[derive(Debug)]
struct Kept {
    chat: Chat,
    /// As the round leaves it that was drafted last: stored or not yet.
    stored: Option<Chat>,
    /// Of that document; 0: there is none.
    version: u64,
    /// It is among those of the round at hand.
    touched: bool,
    /// Nothing is left of it.
    outlived: bool,
}

impl Chats {
    /// The chat of that key, to be changed in this round. A new one when there is none.
    pub(crate) async fn touch(
        &mut self,
        store: &Store,
        shard: ShardId,
        key: &ChatKey,
    ) -> Result<&mut Chat, Unavailable> {
        if !self.kept.contains_key(key) {
            let kept = load(store, shard, key).await?;
            self.kept.insert(key.clone(), kept);
        }
        let kept = self.kept.entry(key.clone()).or_insert_with(|| Kept::new(key));
        if !std::mem::replace(&mut kept.touched, true) {
            self.touched.push(key.clone());
        }
        kept.outlived = false;
        Ok(&mut kept.chat)
    }

    pub(crate) fn has(&self, key: &ChatKey) -> bool {
        self.kept.contains_key(key)
    }

    /// Takes a chat that was not at hand as it is stored.
    pub(crate) fn found(&mut self, key: &ChatKey, stored: Option<Document>) {
        self.kept.insert(key.clone(), Kept::of(key, stored));
    }

    /// A conversation of the chat is not there any more. With its last one it goes itself.
    pub(crate) async fn outlived(
        &mut self,
        store: &Store,
        shard: ShardId,
        key: &ChatKey,
        conversation: &ConversationId,
    ) -> Result<(), Unavailable> {
        let chat = self.touch(store, shard, key).await?;
        if chat.last.as_ref() == Some(conversation) {
            chat.last = None;
            chat.rating_until = None;
        }
        let is_over = chat.open.is_none() && chat.last.is_none();
        if let Some(kept) = self.kept.get_mut(key) {
            kept.outlived = is_over;
        }
        Ok(())
    }

    /// Adds to the group what the round changed, which counts as stored from then on.
    pub(crate) fn draft(&mut self, group: &mut Group) {
        for key in &self.touched {
            let Some(kept) = self.kept.get_mut(key) else { continue };
            kept.touched = false;
            let (kind, id, expected) = (DocumentKind::Chat, key.to_string(), kept.version);
            if kept.outlived {
                if kept.stored.take().is_some() {
                    group.ops.push(Op::DeleteDocument { kind, id, expected });
                }
                kept.version = 0;
            } else if kept.stored.as_ref() != Some(&kept.chat) {
                let bytes = encode::document(&kept.chat);
                group.ops.push(Op::PutDocument { kind, id, expected, bytes });
                kept.stored = Some(kept.chat.clone());
                kept.version += 1;
            }
        }
        self.sealed.push_back(std::mem::take(&mut self.touched));
    }

    /// The round that was drafted first is committed.
    pub(crate) fn keep(&mut self) {
        for key in self.sealed.pop_front().unwrap_or_default() {
            if self.kept.get(&key).is_some_and(|kept| kept.outlived && !kept.touched) {
                self.kept.remove(&key);
            }
        }
        if self.kept.len() > CHATS_KEPT {
            let drafted: HashSet<&ChatKey> = self.sealed.iter().flatten().collect();
            self.kept.retain(|key, kept| kept.touched || drafted.contains(key));
        }
    }

    /// A round was refused: its chats are read again, and those of the next one.
    pub(crate) fn take_back(&mut self) {
        for key in self.sealed.drain(..).flatten().chain(self.touched.drain(..)) {
            self.kept.remove(&key);
        }
    }
}

impl Kept {
    fn of(key: &ChatKey, stored: Option<Document>) -> Self {
        let read = stored.and_then(|d| Some((encode::read::<Chat>("chat", &d.bytes)?, d.version)));
        let Some((chat, version)) = read else { return Self::new(key) };
        let stored = Some(chat.clone());
        Self { chat, stored, version, touched: false, outlived: false }
    }

    fn new(key: &ChatKey) -> Self {
        let chat = Chat {
            key: key.clone(),
            customer_name: String::new(),
            customer: None,
            open: None,
            last: None,
            rating_until: None,
            texts_sent: TextsSent::default(),
            heard_at: None,
            return_to: None,
        };
        Self { chat, stored: None, version: 0, touched: false, outlived: false }
    }
}

async fn load(store: &Store, shard: ShardId, key: &ChatKey) -> Result<Kept, Unavailable> {
    let found = store.document(shard, DocumentKind::Chat, key.to_string()).await?;
    Ok(Kept::of(key, found))
}

#[cfg(test)]
mod tests {
    use domain::id::ChannelId;

    use super::*;

    fn key(external: &str) -> ChatKey {
        let channel = ChannelId::parse("telegram").expect("a channel");
        ChatKey { channel, external: external.into() }
    }

    /// The chats of a shard after two rounds that are drafted; each calls the customer otherwise.
    async fn drafted() -> Chats {
        let (store, mut chats) = (Store::model(), Chats::default());
        for name in ["Ivan", "Petr"] {
            let chat = chats.touch(&store, ShardId(0), &key("501")).await.expect("a store");
            chat.customer_name = name.to_owned();
            chats.draft(&mut Group::default());
        }
        chats
    }

    #[actix::test]
    async fn what_two_rounds_have_drafted_is_kept_by_one_after_the_other() {
        let mut chats = drafted().await;
        chats.keep();
        chats.keep();
        chats.take_back();
        assert!(chats.has(&key("501")));
    }

    #[actix::test]
    async fn of_two_rounds_that_are_drafted_the_second_can_be_refused_by_itself() {
        let mut chats = drafted().await;
        chats.keep();
        chats.take_back();
        assert!(!chats.has(&key("501")), "it is read again");
    }

    #[actix::test]
    async fn however_many_chats_there_are_those_of_a_round_that_is_drafted_stay() {
        let mut chats = drafted().await;
        for n in 0..CHATS_KEPT {
            chats.found(&key(&format!("of before {n}")), None);
        }
        chats.keep();
        assert!(chats.has(&key("501")) && !chats.has(&key("of before 0")));
        for n in 0..CHATS_KEPT {
            chats.found(&key(&format!("of before {n}")), None);
        }
        chats.keep();
        assert!(!chats.has(&key("501")));
    }
}
