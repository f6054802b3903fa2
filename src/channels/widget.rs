//! The widget: who a visitor is. What he does comes through an entrance of its own (`web/widget`),
//! and what we write his page fetches.
//!
//! Sources: `docs/WIDGET.md` is the promise to owners of sites, `docs/PROTOCOL.md` to authors of
//! another client. A visitor is known by his token alone: HMAC-SHA256 over the channel's id and
//! what the token says, with a key that only this hub has.

mod identity;
mod token;

pub use self::identity::{IDENTITY_BYTES_MAX, SiteUser, site_user};
pub use self::token::{Contacts, TOKEN_BYTES_MAX, Visitor, issue, read};

use super::text;

const NAME_CHARS_MAX: usize = 100;

/// A name as it can stand beside other people's words; empty: it is none.
pub fn name(text: &str) -> String {
    text::clean_line(text, NAME_CHARS_MAX)
}
