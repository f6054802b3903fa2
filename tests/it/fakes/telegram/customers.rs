//! What customers do on the platform, each as the update that it would deliver.

use serde_json::{Value, json};

use super::{Telegram, buttons};

/// One update, as the platform would deliver it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Update(pub(crate) Value);

impl Update {
    /// The body of a webhook delivery.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.to_string().into_bytes()
    }

    /// Deliveries keep their order within a chat only.
    fn chat(&self) -> i64 {
        let inner = ["message", "edited_message", "my_chat_member"];
        inner.iter().find_map(|kind| self.0[*kind]["chat"]["id"].as_i64()).unwrap_or(0)
    }
}

/// Someone who writes to the bot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Customer {
    pub(crate) id: i64,
    pub(crate) name: &'static str,
}

impl Telegram {
    pub(crate) fn text(&self, from: Customer, text: &str) -> Update {
        self.message(from, &json!({ "text": text }))
    }

    pub(crate) fn contact(&self, from: Customer, phone: &str) -> Update {
        let contact = json!({ "phone_number": phone, "first_name": from.name, "user_id": from.id });
        self.message(from, &json!({ "contact": contact }))
    }

    pub(crate) fn location(&self, from: Customer, latitude: f64, longitude: f64) -> Update {
        let location = json!({ "latitude": latitude, "longitude": longitude });
        self.message(from, &json!({ "location": location }))
    }

    pub(crate) fn sticker(&self, from: Customer, emoji: &str) -> Update {
        let sticker = json!({
            "file_id": "sticker-file", "file_unique_id": "s1", "type": "regular", "emoji": emoji,
            "width": 512, "height": 512, "is_animated": true, "is_video": false,
        });
        self.message(from, &json!({ "sticker": sticker }))
    }

    pub(crate) fn photo(&self, from: Customer, caption: &str) -> Update {
        let size = |id: &str, side: u32| {
            json!({ "file_id": id, "file_unique_id": id, "width": side, "height": side,
                "file_size": side * 100 })
        };
        let photo = [size("small", 90), size("large", 1280)];
        self.message(from, &json!({ "photo": photo, "caption": caption }))
    }

    /// The customer changes the text of a message of theirs.
    pub(crate) fn edit(&self, original: &Update, text: &str) -> Update {
        let mut message = original.0["message"].clone();
        message["text"] = text.into();
        let mut state = self.platform.state();
        message["edit_date"] = state.now.as_second().into();
        state.update("edited_message", &message)
    }

    /// The customer presses the button that says `words` under the newest message that has one.
    pub(crate) fn press(&self, from: Customer, words: &str) -> Update {
        let mut state = self.platform.state();
        let pressed = state.delivered.iter().rev().find_map(|sent| {
            let button = buttons(&sent.message).find(|button| button["text"] == words)?;
            let is_his = sent.chat == from.id.to_string();
            is_his.then(|| (sent.message.clone(), button["callback_data"].clone()))
        });
        let (message, data) = pressed.expect("there is such a button");
        state.last_press += 1;
        let id = state.last_press.to_string();
        state.waiting.push(id.clone());
        let press = json!({
            "id": id, "from": user(from), "message": message, "chat_instance": "-7", "data": data,
        });
        state.update("callback_query", &press)
    }

    /// The customer puts signs under the bot's last message to him, instead of those before.
    pub(crate) fn reacts(&self, from: Customer, signs: &Value) -> Update {
        let mut state = self.platform.state();
        let chat_id = from.id.to_string();
        let last = state.delivered.iter().rev().find(|sent| sent.chat == chat_id);
        let id = last.expect("a message of the bot").message["message_id"].clone();
        let reaction = json!({
            "chat": chat(from), "message_id": id, "user": user(from),
            "date": state.now.as_second(), "old_reaction": [], "new_reaction": signs,
        });
        state.update("message_reaction", &reaction)
    }

    /// The customer stops the bot (`kicked`) or starts it again (`member`).
    pub(crate) fn membership(&self, from: Customer, status: &str) -> Update {
        let mut state = self.platform.state();
        let member = json!({
            "chat": chat(from), "from": user(from), "date": state.now.as_second(),
            "old_chat_member": { "user": bot(), "status": "left" },
            "new_chat_member": { "user": bot(), "status": status },
        });
        state.update("my_chat_member", &member)
    }

    /// Any message: the fields of `content` beside those that every message has.
    pub(crate) fn message(&self, from: Customer, content: &Value) -> Update {
        let mut state = self.platform.state();
        state.last_message += 1;
        let mut message = json!({
            "message_id": state.last_message, "from": user(from), "chat": chat(from),
            "date": state.now.as_second(),
        });
        for (field, value) in content.as_object().into_iter().flatten() {
            message[field] = value.clone();
        }
        state.update("message", &message)
    }
}

/// Each update twice, the repeat after everything else: a lost acknowledgement.
pub(crate) fn duplicated(updates: &[Update]) -> Vec<Update> {
    [updates, updates].concat()
}

/// The order in which parallel queues may deliver: kept within each chat, turned round across.
pub(crate) fn reordered(updates: &[Update]) -> Vec<Update> {
    let mut chats: Vec<i64> = updates.iter().map(Update::chat).collect();
    chats.sort_unstable();
    chats.dedup();
    let of = |chat: i64| updates.iter().filter(move |update| update.chat() == chat).cloned();
    chats.into_iter().rev().flat_map(of).collect()
}

pub(super) fn bot() -> Value {
    json!({ "id": 700, "is_bot": true, "first_name": "Fake", "username": "fake_bot" })
}

fn user(customer: Customer) -> Value {
    json!({ "id": customer.id, "is_bot": false, "first_name": customer.name })
}

fn chat(customer: Customer) -> Value {
    json!({ "id": customer.id, "type": "private", "first_name": customer.name })
}
