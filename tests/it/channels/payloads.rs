//! The platform's real messages, where a folder of them lies beside the project.

use std::io::Write as _;
use std::path::PathBuf;

use switchboard::channels::Meaning;

use super::{deliver, json_files};

/// Names the folder, or the one above its `telegram`.
const FOLDER: &str = "PAYLOADS";

/// The folder of samples; none if nobody has named one and there is none beside the project.
pub(crate) fn samples() -> Option<PathBuf> {
    let named = std::env::var_os(FOLDER).map(PathBuf::from);
    let is_named = named.is_some();
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/payloads");
    let folder = named.unwrap_or_else(beside);
    let inner = folder.join("telegram");
    let folder = if inner.is_dir() { inner } else { folder };
    if folder.is_dir() && !json_files(&folder).is_empty() {
        return Some(folder);
    }
    assert!(!is_named, "no samples in {}, which {FOLDER} names", folder.display());
    // What is printed with a macro is shown of tests that fail.
    let skipped = format!("no samples in {}: set {FOLDER} to walk them", folder.display());
    writeln!(std::io::stderr(), "{skipped}").expect("written");
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
