//! The chats as the customers see them. Bounded; knows no network.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const MESSAGES_MAX: usize = 200;
const CUSTOMERS_MAX: usize = 100;
const NAME_CHARS_MAX: usize = 64;
const TEXT_CHARS_MAX: usize = 10_000;

/// Through what a customer writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Side {
    Telegram,
    Form,
}

/// All chats of both sides.
#[derive(Debug, Serialize)]
pub(super) struct Chats {
    /// Grows with every change.
    revision: u64,
    telegram: Vec<Customer>,
    form: Vec<Customer>,
    #[serde(skip)]
    last_customer: u64,
}

/// A customer with his one chat, which has the same id.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Customer {
    pub(super) id: u64,
    pub(super) name: String,
    /// He has stopped the bot.
    pub(super) blocked: bool,
    pub(super) messages: VecDeque<Message>,
    #[serde(skip)]
    last_message: u64,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Message {
    pub(super) id: u64,
    pub(super) author: Author,
    pub(super) text: String,
    pub(super) at: Timestamp,
    pub(super) edited: bool,
    pub(super) deleted: bool,
    /// Why the hub did not take it.
    pub(super) problem: Option<String>,
    /// What may be pressed under it.
    pub(super) buttons: Vec<Button>,
    pub(super) pressed: Option<Press>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Button {
    pub(super) text: String,
    /// What comes back when it is pressed.
    pub(super) data: String,
}

/// The button that was pressed last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Press {
    pub(super) data: String,
    /// Under this name the platform waits to hear that it was taken; none: nobody waits.
    pub(super) waits_as: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Author {
    Customer {},
    Company { name: Option<String>, picture: Option<String> },
}

impl Chats {
    pub(super) fn with_the_usual_customers() -> Self {
        let (telegram, form) = (Vec::new(), Vec::new());
        let mut chats = Self { revision: 1, telegram, form, last_customer: 5_000_000 };
        for name in ["Maria Keller", "Иван Петров", "Chen Wei"] {
            chats.add(Side::Telegram, name);
        }
        for name in ["Amélie Laurent", "Tom Baker"] {
            chats.add(Side::Form, name);
        }
        chats
    }

    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    /// A new customer, if the name is one and there is room.
    pub(super) fn add(&mut self, side: Side, name: &str) -> Option<u64> {
        let name = name.trim();
        let fits = (1..=NAME_CHARS_MAX).contains(&name.chars().count());
        if !fits || self.side(side).len() >= CUSTOMERS_MAX {
            return None;
        }
        self.last_customer += 1;
        let id = self.last_customer;
        let (name, messages) = (name.to_owned(), VecDeque::new());
        self.side(side).push(Customer { id, name, blocked: false, messages, last_message: 0 });
        self.revision += 1;
        Some(id)
    }

    pub(super) fn customer(&self, side: Side, id: u64) -> Option<&Customer> {
        let customers = match side {
            Side::Telegram => &self.telegram,
            Side::Form => &self.form,
        };
        customers.iter().find(|customer| customer.id == id)
    }

    /// For a change: every look counts as one.
    fn changed(&mut self, side: Side, id: u64) -> Option<&mut Customer> {
        self.revision += 1;
        self.side(side).iter_mut().find(|customer| customer.id == id)
    }

    fn side(&mut self, side: Side) -> &mut Vec<Customer> {
        match side {
            Side::Telegram => &mut self.telegram,
            Side::Form => &mut self.form,
        }
    }

    /// The number of the new message; none: there is no such customer, or no text.
    pub(super) fn write(
        &mut self,
        side: Side,
        customer: u64,
        author: Author,
        text: &str,
        at: Timestamp,
    ) -> Option<u64> {
        self.write_with(side, customer, author, text, Vec::new(), at)
    }

    /// As [`Self::write`], with something to press.
    pub(super) fn write_with(
        &mut self,
        side: Side,
        customer: u64,
        author: Author,
        text: &str,
        buttons: Vec<Button>,
        at: Timestamp,
    ) -> Option<u64> {
        if !is_text(text) {
            return None;
        }
        let customer = self.changed(side, customer)?;
        customer.last_message += 1;
        let id = customer.last_message;
        if customer.messages.len() >= MESSAGES_MAX {
            customer.messages.pop_front();
        }
        customer.messages.push_back(Message {
            id,
            author,
            text: text.to_owned(),
            at,
            edited: false,
            deleted: false,
            problem: None,
            buttons,
            pressed: None,
        });
        Some(id)
    }

    /// Presses a button under a message. Answers the message and what the button says; none: there
    /// is no such button.
    pub(super) fn press(
        &mut self,
        side: Side,
        customer: u64,
        message: u64,
        press: Press,
    ) -> Option<(Message, String)> {
        let messages = &mut self.changed(side, customer)?.messages;
        let found = messages.iter_mut().find(|found| found.id == message)?;
        let button = found.buttons.iter().find(|button| button.data == press.data)?;
        let words = button.text.clone();
        found.pressed = Some(press);
        Some((found.clone(), words))
    }

    /// False: nobody waits under that name.
    pub(super) fn press_was_taken(&mut self, waits_as: &str) -> bool {
        self.revision += 1;
        let customers = self.telegram.iter_mut().chain(&mut self.form);
        let mut presses = customers
            .flat_map(|customer| customer.messages.iter_mut())
            .filter_map(|message| message.pressed.as_mut());
        let found = presses.find(|press| press.waits_as.as_deref() == Some(waits_as));
        found.map(|press| press.waits_as = None).is_some()
    }

    /// Changes the customer's own newest message and says which and when it was written.
    pub(super) fn edit_last(
        &mut self,
        side: Side,
        customer: u64,
        text: &str,
    ) -> Option<(u64, Timestamp)> {
        if !is_text(text) {
            return None;
        }
        let messages = &mut self.changed(side, customer)?.messages;
        let own = messages.iter_mut().rev().find(|found| found.author == Author::Customer {})?;
        text.clone_into(&mut own.text);
        own.edited = true;
        Some((own.id, own.at))
    }

    /// Takes the customer's own newest message back and says which and when it was written.
    pub(super) fn delete_last(&mut self, side: Side, customer: u64) -> Option<(u64, Timestamp)> {
        let messages = &mut self.changed(side, customer)?.messages;
        let own = messages.iter_mut().rev().find(|found| found.author == Author::Customer {})?;
        own.deleted = true;
        Some((own.id, own.at))
    }

    /// Changes a message of the company's, or takes it back (none). False: there is no such message.
    pub(super) fn correct(
        &mut self,
        side: Side,
        customer: u64,
        message: u64,
        text: Option<&str>,
    ) -> bool {
        let Some(customer) = self.changed(side, customer) else { return false };
        let of_company = |found: &&mut Message| {
            found.id == message && found.author != Author::Customer {} && !found.deleted
        };
        let Some(found) = customer.messages.iter_mut().find(of_company) else { return false };
        match text {
            Some(text) => {
                text.clone_into(&mut found.text);
                found.edited = true;
            }
            None => found.deleted = true,
        }
        true
    }

    pub(super) fn not_taken(&mut self, side: Side, customer: u64, message: u64, problem: &str) {
        let Some(customer) = self.changed(side, customer) else { return };
        let found = customer.messages.iter_mut().find(|found| found.id == message);
        if let Some(message) = found {
            message.problem = Some(problem.to_owned());
        }
    }

    /// False: there is no such customer.
    pub(super) fn set_blocked(&mut self, side: Side, customer: u64, blocked: bool) -> bool {
        let found = self.changed(side, customer);
        found.map(|customer| customer.blocked = blocked).is_some()
    }
}

fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= TEXT_CHARS_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn a_customer_edits_his_own_newest_message() {
        let mut chats = Chats::with_the_usual_customers();
        let maria = chats.add(Side::Telegram, "Maria").expect("a name");
        let company = || Author::Company { name: None, picture: None };
        assert_eq!(chats.edit_last(Side::Telegram, maria, "nothing yet"), None);
        let mut write = |author, text| chats.write(Side::Telegram, maria, author, text, AT);
        assert_eq!(write(Author::Customer {}, "hi"), Some(1));
        assert_eq!(write(Author::Customer {}, "helo"), Some(2));
        assert_eq!(write(company(), "hello"), Some(3));
        assert_eq!(chats.edit_last(Side::Telegram, maria, "hello?"), Some((2, AT)));
        let shown = &chats.customer(Side::Telegram, maria).expect("added").messages;
        let texts: Vec<_> = shown.iter().map(|m| (m.text.as_str(), m.edited)).collect();
        assert_eq!(texts, [("hi", false), ("hello?", true), ("hello", false)]);
    }

    #[test]
    fn the_company_corrects_what_it_wrote() {
        let mut chats = Chats::with_the_usual_customers();
        let maria = chats.add(Side::Telegram, "Maria").expect("a name");
        let company = Author::Company { name: None, picture: None };
        chats.write(Side::Telegram, maria, Author::Customer {}, "hi", AT);
        chats.write(Side::Telegram, maria, company, "helo", AT);
        let mut correct = |message, text| chats.correct(Side::Telegram, maria, message, text);
        assert!(!correct(1, Some("ho")), "that is hers");
        assert!(correct(2, Some("hello")) && correct(2, None));
        assert!(!correct(2, Some("again")), "it is gone");
        let shown = &chats.customer(Side::Telegram, maria).expect("added").messages;
        let shown: Vec<_> = shown.iter().map(|m| (m.text.as_str(), m.edited, m.deleted)).collect();
        assert_eq!(shown, [("hi", false, false), ("hello", true, true)]);
    }

    #[test]
    fn a_button_is_pressed_until_the_press_is_taken() {
        let mut chats = Chats::with_the_usual_customers();
        let maria = chats.add(Side::Telegram, "Maria").expect("a name");
        let company = Author::Company { name: None, picture: None };
        let good = Button { text: "👍".to_owned(), data: "1".to_owned() };
        chats.write_with(Side::Telegram, maria, company, "good?", vec![good], AT);
        let mut press = |data: &str, waits_as: Option<&str>| {
            let (data, waits_as) = (data.to_owned(), waits_as.map(str::to_owned));
            chats.press(Side::Telegram, maria, 1, Press { data, waits_as })
        };
        assert_eq!(press("0", None).map(|(_, words)| words), None, "no such button");
        assert_eq!(press("1", Some("p")).map(|(_, words)| words), Some("👍".to_owned()));
        assert!(!chats.press_was_taken("q"));
        assert!(chats.press_was_taken("p"));
        assert!(!chats.press_was_taken("p"), "once");
    }

    #[test]
    fn there_is_an_end_to_everything() {
        let mut chats = Chats::with_the_usual_customers();
        let tom = chats.add(Side::Form, "Tom").expect("a name");
        for number in 1..=MESSAGES_MAX as u64 + 5 {
            let id = chats.write(Side::Form, tom, Author::Customer {}, "again", AT);
            assert_eq!(id, Some(number), "numbers go on");
        }
        let kept = &chats.customer(Side::Form, tom).expect("added").messages;
        assert_eq!((kept.len(), kept.front().map(|m| m.id)), (MESSAGES_MAX, Some(6)));
        let long = "x".repeat(TEXT_CHARS_MAX + 1);
        for text in ["", " \n", long.as_str()] {
            assert_eq!(chats.write(Side::Form, tom, Author::Customer {}, text, AT), None);
        }
        assert_eq!(chats.add(Side::Form, " "), None);
        assert_eq!(chats.add(Side::Form, &"x".repeat(NAME_CHARS_MAX + 1)), None);
        while chats.add(Side::Form, "one more").is_some() {}
        assert_eq!(chats.form.len(), CUSTOMERS_MAX);
    }

    #[test]
    fn every_change_is_seen_by_whoever_looks_again() {
        let mut chats = Chats::with_the_usual_customers();
        let mut seen = chats.revision();
        let mut moved = |chats: &Chats| {
            let before = std::mem::replace(&mut seen, chats.revision());
            before < seen
        };
        let maria = chats.add(Side::Telegram, "Maria").expect("a name");
        assert!(moved(&chats));
        chats.write(Side::Telegram, maria, Author::Customer {}, "hello", AT);
        assert!(moved(&chats));
        chats.not_taken(Side::Telegram, maria, 1, "no answer");
        assert!(moved(&chats));
        chats.set_blocked(Side::Telegram, maria, true);
        assert!(moved(&chats));
        assert!(!moved(&chats));
    }
}
