//! Refuses to build without the web client, with words that say what to do.
use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=web-client/dist");
    assert!(
        Path::new("web-client/dist/index.html").exists(),
        "the web client is not built: run `make web` (needs Node), then build again"
    );
}
