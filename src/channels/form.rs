//! What a platform must be told before it can be used, field by field.
//!
//! A form is data: the API checks, stores and shows settings by it, the console draws its fields.
//! A platform's form stands in its own file, named like the fields of its `ChannelSettings`.

/// The settings of one kind of channel, beside `kind` itself.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// As `ChannelSettings::kind` says it.
    pub kind: &'static str,
    pub fields: &'static [Field],
}

#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    /// As the API calls it.
    pub path: &'static str,
    pub is: Is,
}

macro_rules! field {
    ($name:literal, $is:expr) => {
        $crate::channels::form::Field { name: $name, path: concat!("settings.", $name), is: $is }
    };
}
pub(super) use field;

/// What a field holds, and what it is when it is left out of a new channel.
#[derive(Clone, Copy, Debug)]
pub enum Is {
    /// Given by the platform; never shown again.
    Secret(Rule),
    /// A random text of ours when it is left out; never shown again.
    SecretMadeHere(Rule),
    /// A random text of ours when it is left out; shown once, because people type it in at the
    /// platform.
    MadeHere(Rule),
    /// Given by people.
    Text(Rule),
    /// Given by people, or this.
    TextOr(&'static str, Rule),
    /// An address that others are joined to, or this.
    Base(&'static str),
    /// The address of a mail server, given by people.
    Server(Rule),
    /// An address that is called as it stands, or none.
    OptionalUrl,
    Flag(bool),
}

/// Which texts are taken, and how that is said.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub allows: fn(&str) -> bool,
    pub words: &'static str,
}

/// Tokens as platforms give them; most become a part of headers or addresses.
pub const TOKEN: Rule = Rule { allows: is_token, words: "as the platform gave it" };
/// What a platform proves itself with.
pub const SECRET: Rule = Rule { allows: is_secret, words: "16..256 of A-Z, a-z, 0-9, _ and -" };
/// An id of an account on a platform.
pub const ACCOUNT: Rule = Rule { allows: is_account, words: "1..128 of A-Z, a-z, 0-9, _ and -" };

const TOKEN_CHARS_MAX: usize = 2_048;
const SECRET_CHARS_MIN: usize = 16;
const SECRET_CHARS_MAX: usize = 256;
const ACCOUNT_CHARS_MAX: usize = 128;

/// Nothing that could change the meaning of a header or an address.
fn is_token(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b":_-.~+/=|".contains(&b);
    (1..=TOKEN_CHARS_MAX).contains(&text.len()) && text.bytes().all(plain)
}

fn is_secret(text: &str) -> bool {
    (SECRET_CHARS_MIN..=SECRET_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_plain)
}

fn is_account(text: &str) -> bool {
    (1..=ACCOUNT_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_plain)
}

fn is_plain(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
}
