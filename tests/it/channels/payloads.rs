//! The platform's real messages, where a folder of them lies beside the project.

use std::path::PathBuf;

use switchboard::channels::Meaning;

use super::{deliver, json_files};

/// `$PAYLOADS`, by default `../shared/payloads` beside the project.
fn folder() -> PathBuf {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/payloads");
    std::env::var_os("PAYLOADS").map_or_else(beside, PathBuf::from).join("telegram")
}

#[test]
fn every_sample_is_taken_or_ignored() {
    let folder = folder();
    if !folder.is_dir() {
        println!("no sample payloads at {}: set PAYLOADS to walk them", folder.display());
        return;
    }
    for (name, body) in json_files(&folder) {
        let items = deliver(&body).expect("a genuine update is taken");
        assert_eq!(items.len(), 1, "{name}");
        let repeated = deliver(&body).expect("and again");
        assert_eq!(items[0].dedupe, repeated[0].dedupe, "{name}");
        // An answer to a call, not an update: it has no kind of its own.
        let answer = name == "derived_getupdates_response";
        let unknown = answer || name == "unknown_update_kind";
        assert_eq!(items[0].meaning == Meaning::Ignored("unknown_kind"), unknown, "{name}");
        assert_ne!(items[0].meaning, Meaning::Ignored("malformed"), "{name}");
    }
}
