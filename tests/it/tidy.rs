//! Who may import whom, and which crate is named where: the map of `ARCHITECTURE.md` as a test.
//! And whether what the teeth take away is still where they look for it.
//!
//! Reads the sources as text, line by line, tests included; only lines of comments do not count.

use std::fs;
use std::path::{Path, PathBuf};

/// A layer is a folder of `src`, a file there, or both. What it may import are prefixes of paths;
/// a layer that is not listed may import nothing.
const MAY_IMPORT: [(&str, &[&str]); 13] = [
    ("clock", &[]),
    ("outbound", &[]),
    ("config", &["outbound::address", "crm::contacts::Region", "cluster::settings"]),
    ("protocol", &["domain"]),
    ("store", &["domain", "clock"]),
    ("files", &["domain", "clock"]),
    ("cluster", &["domain", "store", "clock"]),
    ("channels", &["domain", "clock", "outbound", "files"]),
    ("crm", &["domain"]),
    ("readmodel", &["domain", "store", "clock"]),
    (
        "actors",
        &[
            "domain",
            "store",
            "cluster",
            "channels",
            "crm",
            "readmodel",
            "protocol",
            "clock",
            "outbound",
            "files",
        ],
    ),
    (
        "web",
        &[
            "domain",
            "channels",
            "crm::contacts",
            "actors::handle",
            "actors::directory",
            "actors::customers",
            "protocol",
            "config",
            "clock",
            "files",
        ],
    ),
    (
        "demo",
        &["domain", "channels", "actors::handle", "web", "config", "program", "clock", "outbound"],
    ),
];
/// They put everything together.
const MAY_IMPORT_ALL: [&str; 5] = ["main", "lib", "serve", "check", "program"];

const CRATE_ONLY_IN: [(&str, &[&str]); 22] = [
    ("actix_web_actors", &["src/web/socket.rs"]),
    ("actix_web", &["src/web/", "src/demo/", "src/program/"]),
    ("actix_http", &["src/web/"]),
    ("actix_codec", &["src/web/upgrade.rs"]),
    ("actix_server", &["src/web/server.rs"]),
    ("actix_service", &["src/web/server.rs", "src/web/upgrade.rs"]),
    (
        "actix",
        &["src/actors/", "src/web/", "src/demo/", "src/program/", "src/serve.rs", "src/check.rs"],
    ),
    ("rusqlite", &["src/store/sqlite/", "src/readmodel/"]),
    ("redis", &["src/store/redis/"]),
    ("deadpool_redis", &["src/store/redis/"]),
    ("phonenumber", &["src/crm/contacts.rs"]),
    ("email_address", &["src/crm/contacts.rs"]),
    ("reqwest", &["src/outbound.rs", "src/outbound/"]),
    ("object_store", &["src/files.rs", "src/files/"]),
    ("infer", &["src/files/kind.rs"]),
    ("image", &["src/files/picture.rs"]),
    ("calcard", &["src/web/api/calendar.rs", "src/web/api/calendar/"]),
    ("tokio_rustls", &["src/outbound.rs", "src/outbound/"]),
    ("lettre", &["src/channels/email.rs", "src/channels/email/"]),
    ("async_imap", &["src/channels/email/"]),
    ("mail_parser", &["src/channels/email/"]),
    ("html2text", &["src/channels/email/"]),
];

/// The domain is a crate of its own, so the compiler guards its imports; these words it lets pass.
const NOT_IN_DOMAIN: [&str; 6] =
    ["async fn", "HashMap", "HashSet", "Instant", "SystemTime", "tokio"];

#[test]
fn dependencies_point_inwards() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = sources(&root.join("src"));
    assert!(files.contains(&root.join("src/domain/lib.rs")), "the sources were not found");
    let problems_of = |file: &PathBuf| {
        let name = file.strip_prefix(root).unwrap().to_str().unwrap();
        problems(name, &fs::read_to_string(file).unwrap())
    };
    let found: Vec<String> = files.iter().flat_map(problems_of).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn each_kind_of_violation_is_seen() {
    for (file, line, forbidden) in [
        ("src/store/op.rs", "use crate::actors::node;", "crate::actors::node"),
        ("src/store/op.rs", "    let edge: crate::web::edge::Edge;", "crate::web::edge::Edge"),
        ("src/store/op.rs", "use crate::{clock, store};", "crate::{"),
        ("src/channels/vk/api.rs", "use super::super::super::store::op;", "crate::store::op"),
        ("src/channels.rs", "use super::store::op;", "crate::store::op"),
        ("src/channels/mod.rs", "use crate::store;", "crate::store"),
        ("src/web/api/lines.rs", "use crate::actors::node;", "crate::actors::node"),
        ("src/web/api/lines.rs", "use crate::actors::handles;", "crate::actors::handles"),
        ("src/web/api/lines.rs", "use crate::actors::{handle, node};", "crate::actors"),
        ("src/protocol.rs", "use crate::actors::feed;", "crate::actors::feed"),
        ("src/outbound/address.rs", "use domain::id::LineId;", "domain::id::LineId"),
        ("src/crm/mod.rs", "use crate::clock;", "crate::clock"),
        ("src/web/hooks.rs", "use actix_web_actors::ws;", "actix_web_actors"),
        ("src/actors/feed.rs", "use actix_web::rt;", "actix_web"),
        ("src/store/sqlite/open.rs", "use actix::Addr;", "actix"),
        ("src/store/rules.rs", "use rusqlite as sql;", "rusqlite"),
        ("src/channels/telegram.rs", "    reqwest::get(url)", "reqwest"),
        ("src/store/rules.rs", "use redis::Client;", "redis"),
        ("src/store/sqlite/open.rs", "use deadpool_redis::Pool;", "deadpool_redis"),
        ("src/web/api/lines.rs", "use calcard::Parser;", "calcard"),
        ("src/web/files.rs", "use object_store::path::Path;", "object_store"),
        ("src/domain/line.rs", "pub async fn handle() {}", "async fn"),
        ("src/domain/line.rs", "let seen: HashMap<u8, u8>;", "HashMap"),
        ("src/domain/line.rs", "use tokio::sync::oneshot;", "tokio"),
    ] {
        let expected = format!("{file}:2: `{forbidden}` is not for this place");
        assert_eq!(problems(file, &format!("//! Fine.\n{line}\n")), [expected], "{line}");
    }
}

#[test]
fn what_is_allowed_passes() {
    for (file, line) in [
        ("src/store/op.rs", "    /// Not [`crate::web::edge`]."),
        ("src/web/api/lines.rs", "use crate::actors::handle::{Change, NotStored};"),
        ("src/web/api/lines.rs", "pub(in crate::web) fn list() {}"),
        ("src/channels/webhook/form.rs", "use super::super::text::split;"),
        ("src/clock.rs", "    use super::*;"),
        ("src/actors/line.rs", "let actix_like = my_crate::web::NAME;"),
        ("src/domain/stories/life.rs", "use crate::conversation::State;"),
        ("src/domain/line.rs", "let instants = 3;"),
        ("src/main.rs", "use switchboard::store::Store;"),
        ("src/store/mod.rs", "pub mod redis;"),
        ("src/program/mod.rs", "let settings = &config.redis;"),
        ("src/program/mod.rs", "use crate::store::redis::RedisSettings;"),
    ] {
        assert_eq!(problems(file, line), [""; 0], "{file}: {line}");
    }
}

/// What `make teeth` and its kin take away. They run seldom, and code moves often.
#[test]
fn what_is_taken_away_stands_there_once() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (list, folder, file, text) in [
        ("rules", "src/domain", 1, 2),
        ("redis", "src/store/redis/lua", 1, 2),
        ("torture", "src", 2, 3),
    ] {
        let rows = fs::read_to_string(root.join(format!("tests/teeth/{list}.tsv"))).unwrap();
        for row in rows.lines().filter(|row| !row.starts_with('#') && !row.is_empty()) {
            let columns: Vec<_> = row.split('\t').collect();
            let source = fs::read_to_string(root.join(folder).join(columns[file])).unwrap();
            assert_eq!(source.matches(columns[text]).count(), 1, "{list}: {row}");
        }
    }
}

/// What one file names and must not, each as `file:line: ...`.
fn problems(file: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        let place = format!("{file}:{}", index + 1);
        let tell = |it: String| format!("{place}: `{it}` is not for this place");
        found.extend(foreign_crates(file, line).into_iter().map(tell));
        found.extend(foreign_paths(file, line).into_iter().map(tell));
    }
    found
}

fn foreign_crates(file: &str, line: &str) -> Vec<String> {
    // A module or a field of ours may have the name of a crate.
    let ours = |before: &str| ["::", "mod ", "."].iter().any(|s| before.ends_with(s));
    let named = |name: &str| {
        words(line, name).any(|(before, after)| {
            !ours(before) && ["::", ";", " as "].iter().any(|s| after.starts_with(s))
        })
    };
    let foreign = CRATE_ONLY_IN.iter().filter(|(name, places)| {
        named(name) && !places.iter().any(|place| file.starts_with(place))
    });
    foreign.map(|(name, _)| (*name).to_owned()).collect()
}

fn foreign_paths(file: &str, line: &str) -> Vec<String> {
    let module = file.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    let layer = module.split('/').next().unwrap_or_default();
    if layer == "domain" {
        let banned = NOT_IN_DOMAIN.iter().filter(|word| words(line, word).next().is_some());
        return banned.map(|word| (*word).to_owned()).collect();
    }
    if MAY_IMPORT_ALL.contains(&layer) {
        return Vec::new();
    }
    let allowed = MAY_IMPORT.iter().find(|(name, _)| *name == layer).map_or(&[][..], |(_, it)| it);
    let within = |path: &str, prefix: &str| {
        path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    let is_foreign =
        |path: &str| !within(path, layer) && !allowed.iter().any(|prefix| within(path, prefix));
    let inner = words(line, "crate").filter_map(|(_, after)| after.strip_prefix("::"));
    let inner = inner.chain(up_to_the_root(module, line));
    let mut found: Vec<String> = inner
        .filter(|rest| is_foreign(path(rest)))
        .map(|rest| format!("crate::{}", if rest.starts_with('{') { "{" } else { path(rest) }))
        .collect();
    let domain = words(line, "domain").filter(|(before, after)| {
        after.starts_with("::") && !before.ends_with("::") && is_foreign("domain")
    });
    found.extend(domain.map(|(_, after)| format!("domain{}", path(after))));
    found
}

/// What follows a chain of `super::` that is long enough to leave the layer, if it names another.
fn up_to_the_root<'a>(module: &str, line: &'a str) -> Option<&'a str> {
    let (_, chain) = line.split_once("super::")?;
    let rest = chain.trim_start_matches("super::");
    let steps = 1 + (chain.len() - rest.len()) / "super::".len();
    let first = path(rest).split("::").next();
    let names_layer = MAY_IMPORT.iter().any(|(layer, _)| first == Some(layer));
    (steps > module.matches('/').count() && names_layer).then_some(rest)
}

/// The path at the beginning of a text.
fn path(text: &str) -> &str {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    text[..text.find(|c| !is_path(c)).unwrap_or(text.len())].trim_end_matches(':')
}

/// Where a whole word stands in a line: what is before it, and what follows.
fn words<'a>(line: &'a str, word: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let around = |(at, found): (usize, &str)| (&line[..at], &line[at + found.len()..]);
    line.match_indices(word)
        .map(around)
        .filter(move |(before, after)| !before.ends_with(is_part) && !after.starts_with(is_part))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let files = files.into_iter().filter(|file| file.extension().is_some_and(|e| e == "rs"));
    files.chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}
