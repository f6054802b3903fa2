//! Whatever a file holds: it is kept or refused, its type is one of those that are served, and its
//! picture is one.
#![no_main]

use bytes::Bytes;
use domain::id::ConversationId;
use libfuzzer_sys::fuzz_target;
use switchboard::files::{FileLimits, Files, Owner, new_id};

fuzz_target!(|content: &[u8]| {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let files = Files::in_memory(FileLimits {
            bytes_max: 1024 * 1024,
            conversation_files_max: 10,
            conversation_bytes_max: 10 * 1024 * 1024,
        });
        let owner = Owner::Conversation(ConversationId::new("0-a"));
        let mut receiving = files.receive(&owner, new_id()).await.expect("there is room");
        if receiving.push(Bytes::copy_from_slice(content)).await.is_err() {
            return;
        }
        let now = "2026-03-02T09:00:00Z".parse().expect("a moment");
        let name = String::from_utf8_lossy(content);
        let Ok(file) = receiving.finish(Some(&name), now).await else { return };
        assert!(!file.name.is_empty() && !file.name.contains(['/', '\\', '\n']));
        assert!(!matches!(&*file.media_type, "text/html" | "image/svg+xml"));
        let kept = files.read(&owner, &file.id).await.expect("in memory");
        assert_eq!(kept.as_deref(), Some(content));
    });
});
