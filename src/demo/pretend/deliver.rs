//! What customers do, and how it gets to the hub.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::channels::telegram::SECRET_HEADER;
use crate::channels::webhook::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};
use crate::clock;
use crate::demo::pretend::chats::{Author, Customer, Press, Side};
use crate::demo::pretend::{Platform, form, push_bounded, telegram};
use crate::outbound::Post;

/// What a customer can do.
#[derive(Debug, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Act {
    Write {
        text: String,
    },
    /// Changes his newest message.
    Edit {
        text: String,
    },
    /// Takes his newest message back.
    Delete {},
    Contact {},
    Location {},
    Sticker {},
    File {},
    /// Presses a button under a message.
    Press {
        message: u64,
        data: String,
    },
    /// Stops the bot.
    Block {},
    Unblock {},
}

/// What became of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Acted {
    Taken,
    /// The hub's fault or answer, in words.
    NotTaken(String),
    /// Nothing to send: no such customer, no text, no such thing on that side.
    Senseless,
}

/// What goes to the hub: the body, and the message that shows its fate, if it is one.
struct Letter {
    body: Value,
    message: Option<u64>,
}

impl Platform {
    /// Carries out what a customer does. Returns when the hub has answered.
    pub(super) async fn act(&self, side: Side, customer: u64, act: &Act) -> Acted {
        let letter = match side {
            Side::Telegram => self.telegram_letter(customer, act),
            Side::Form => self.form_letter(customer, act),
        };
        let Some(letter) = letter else { return Acted::Senseless };
        let delivered = match side {
            Side::Telegram => self.deliver_update(letter.body).await,
            Side::Form => self.deliver_form(&letter.body).await,
        };
        match delivered {
            Ok(()) => Acted::Taken,
            Err(problem) => {
                if let Some(message) = letter.message {
                    self.state().chats.not_taken(side, customer, message, &problem);
                }
                Acted::NotTaken(problem)
            }
        }
    }

    fn telegram_letter(&self, customer: u64, act: &Act) -> Option<Letter> {
        match act {
            Act::Write { text } => self.update(customer, text, |_| json!({ "text": text })),
            Act::Contact {} => {
                self.update(customer, "[my contact: +1 202 555 0142]", telegram::own_contact)
            }
            Act::Location {} => {
                self.update(customer, "[location: 52.52000, 13.40495]", |_| telegram::location())
            }
            Act::Sticker {} => self.update(customer, "[sticker]", |_| telegram::sticker()),
            Act::Edit { text } => {
                let (from, now) = (self.who(Side::Telegram, customer)?, self.clock.now());
                let of = self.state().chats.edit_last(Side::Telegram, customer, text)?;
                let body = telegram::edited(self.next_update(), &from, of, now, text);
                Some(Letter { body, message: Some(of.0) })
            }
            Act::Press { message, data } => {
                let from = self.who(Side::Telegram, customer).filter(|from| !from.blocked)?;
                let update = self.next_update();
                let (id, data) = (update.to_string(), data.clone());
                let press = Press { data: data.clone(), waits_as: Some(id.clone()) };
                let (under, _) =
                    self.state().chats.press(Side::Telegram, customer, *message, press)?;
                let body = telegram::pressed(update, &from, &id, &under, &data);
                Some(Letter { body, message: None })
            }
            Act::Block {} => self.membership(customer, true),
            Act::Unblock {} => self.membership(customer, false),
            // Bots are not told of it in private chats.
            Act::Delete {} | Act::File {} => None,
        }
    }

    fn form_letter(&self, customer: u64, act: &Act) -> Option<Letter> {
        let from = self.who(Side::Form, customer)?;
        let now = self.clock.now();
        let write =
            |text| self.state().chats.write(Side::Form, customer, Author::Customer {}, text, now);
        let (number, at, content) = match act {
            Act::Write { text } => (write(text)?, now, json!({ "text": text })),
            Act::File {} => (write("[file: invoice.pdf]")?, now, form::file()),
            Act::Press { message, data } => {
                let press = Press { data: data.clone(), waits_as: None };
                let (_, words) = self.state().chats.press(Side::Form, customer, *message, press)?;
                (write(&words)?, now, form::rating(data, &words))
            }
            Act::Edit { text } => {
                let of = self.state().chats.edit_last(Side::Form, customer, text)?;
                (of.0, of.1, json!({ "text": text, "edited": true }))
            }
            Act::Delete {} => {
                let of = self.state().chats.delete_last(Side::Form, customer)?;
                (of.0, of.1, json!({ "deleted": true }))
            }
            Act::Contact {}
            | Act::Location {}
            | Act::Sticker {}
            | Act::Block {}
            | Act::Unblock {} => return None,
        };
        let body = form::message(&from, number, at, &content);
        Some(Letter { body, message: Some(number) })
    }

    /// A message of a customer who has not stopped the bot; `shown` stands for it in his chat.
    fn update(
        &self,
        customer: u64,
        shown: &str,
        content: impl Fn(&Customer) -> Value,
    ) -> Option<Letter> {
        let from = self.who(Side::Telegram, customer).filter(|from| !from.blocked)?;
        let (now, author) = (self.clock.now(), Author::Customer {});
        let number = self.state().chats.write(Side::Telegram, customer, author, shown, now)?;
        let body = telegram::message(self.next_update(), &from, number, now, &content(&from));
        Some(Letter { body, message: Some(number) })
    }

    fn membership(&self, customer: u64, blocked: bool) -> Option<Letter> {
        if !self.state().chats.set_blocked(Side::Telegram, customer, blocked) {
            return None;
        }
        let from = self.who(Side::Telegram, customer)?;
        let body = telegram::membership(self.next_update(), &from, self.clock.now());
        Some(Letter { body, message: None })
    }

    fn who(&self, side: Side, customer: u64) -> Option<Customer> {
        self.state().chats.customer(side, customer).cloned()
    }

    fn next_update(&self) -> i64 {
        let mut state = self.state();
        state.next_update += 1;
        state.next_update
    }

    async fn deliver_update(&self, update: Value) -> Result<(), String> {
        let bot = &self.accounts.bot;
        if bot.polling {
            push_bounded(&mut self.state().updates, update);
            self.updates_came.notify_waiters();
            return Ok(());
        }
        let headers = [("content-type", "application/json"), (SECRET_HEADER, bot.secret.as_str())];
        self.post(&bot.hook_url, &headers, update.to_string().as_bytes()).await
    }

    async fn deliver_form(&self, message: &Value) -> Result<(), String> {
        let form = &self.accounts.form;
        let (id, body) = (clock::new_uuid(), message.to_string());
        let timestamp = self.clock.now().as_second().to_string();
        let signature = sign(&form.key, &id, &timestamp, body.as_bytes()).unwrap_or_default();
        let headers = [
            ("content-type", "application/json"),
            (ID_HEADER, id.as_str()),
            (TIMESTAMP_HEADER, timestamp.as_str()),
            (SIGNATURE_HEADER, signature.as_str()),
        ];
        self.post(&form.hook_url, &headers, body.as_bytes()).await
    }

    async fn post(&self, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<(), String> {
        let post = Post { headers, ..Post::json(url, body) };
        let answer = self.way_out.post(post).await.map_err(|fault| fault.to_string())?;
        match answer.status {
            200..=299 => Ok(()),
            status => Err(format!("the hub answered with status {status}")),
        }
    }
}
