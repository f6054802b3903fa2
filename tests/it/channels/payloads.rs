//! The platform's real messages, where a folder of them lies beside the project.

use std::io::Write as _;
use std::path::PathBuf;

use switchboard::channels::Meaning;

use super::{deliver, json_files};

/// Names the folder, or the one above those of the platforms.
const FOLDER: &str = "PAYLOADS";

/// The folder of Telegram's samples; none if nobody has named one and there is none beside the
/// project.
pub(crate) fn samples() -> Option<PathBuf> {
    folder_of("telegram")
}

/// A platform's samples by name; none where there is no folder of them.
pub(crate) fn samples_of(platform: &str) -> Vec<(String, Vec<u8>)> {
    folder_of(platform).map(|folder| json_files(&folder)).unwrap_or_default()
}

fn folder_of(platform: &str) -> Option<PathBuf> {
    let named = std::env::var_os(FOLDER).map(PathBuf::from);
    let is_named = named.is_some();
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/payloads");
    let folder = named.unwrap_or_else(beside).join(platform);
    if folder.is_dir() && !json_files(&folder).is_empty() {
        return Some(folder);
    }
    assert!(!is_named, "no samples in {}, which {FOLDER} names", folder.display());
    // What is printed with a macro is shown of tests that fail.
    let skipped = format!("no samples in {}: set {FOLDER} to walk them\n", folder.display());
    std::io::stderr().write_all(skipped.as_bytes()).expect("written");
    None
}

#[test]
fn every_sample_is_taken_or_ignored() {
    let Some(folder) = samples() else { return };
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
