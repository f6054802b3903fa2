//! Files that no program writes: pictures with bytes changed, cut and added, and plain noise.

use actix_web::web::Bytes;
use domain::file::StoredFile;
use domain::id::ConversationId;
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use switchboard::files::{Form, NotKept, Owner, new_id};

use crate::files::PIXEL;
use crate::story::files_in_memory;

/// What browsers show and what they must never be told.
const NEVER: [&str; 4] = ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"];

fn beginnings() -> Vec<Vec<u8>> {
    vec![
        PIXEL.to_vec(),
        b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
            .to_vec(),
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xdb\0C\0".to_vec(),
        b"RIFF\x1a\0\0\0WEBPVP8L\r\0\0\0/\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0".to_vec(),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
        b"<!DOCTYPE html><script>alert(1)</script>".to_vec(),
        Vec::new(),
    ]
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    let changes = vec((any::<prop::sample::Index>(), any::<u8>()), 0..8);
    let (beginning, cut) = (prop::sample::select(beginnings()), any::<prop::sample::Index>());
    (beginning, changes, prop::option::of(cut), vec(any::<u8>(), 0..64)).prop_map(
        |(mut content, changes, cut, more)| {
            if !content.is_empty() {
                for (at, byte) in changes {
                    let at = at.index(content.len());
                    content[at] = byte;
                }
                if let Some(cut) = cut {
                    content.truncate(cut.index(content.len()));
                }
            }
            content.extend(more);
            content
        },
    )
}

async fn kept(content: Vec<u8>, name: &str) -> Result<(StoredFile, Option<Vec<u8>>), NotKept> {
    let (files, owner) = (files_in_memory(), Owner::Conversation(ConversationId::new("0-a")));
    let mut receiving = files.receive(&owner, new_id()).await?;
    receiving.push(Bytes::from(content.clone())).await?;
    let file = receiving.finish(Some(name), Timestamp::UNIX_EPOCH).await?;
    let again = files.read(&owner, &file.id).await?;
    assert_eq!(again.as_deref(), Some(&*content), "it is kept as it came");
    let Some(served) = files.serve(&owner, &file, Form::Picture).await? else {
        return Ok((file, None));
    };
    assert!(matches!(&*served.media_type, "image/png" | "image/jpeg"));
    let chunks: Vec<_> = futures_util::StreamExt::collect(served.bytes).await;
    let picture = chunks.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
    Ok((file, Some(picture)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_file_is_kept_or_refused_and_never_shown_as_it_came(
        content in content(),
        name in "\\PC{0,40}|.{0,20}/..\\\\.{0,20}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let Ok((file, picture)) = runtime.block_on(kept(content, &name)) else { return Ok(()) };
        prop_assert!(!NEVER.contains(&&*file.media_type), "{}", file.media_type);
        prop_assert!(!file.name.is_empty() && !file.name.contains(['/', '\\']));
        prop_assert!(file.name.chars().count() <= 120);
        prop_assert_eq!(file.picture.is_some(), picture.is_some());
        if let Some(picture) = picture {
            prop_assert!(!picture.windows(7).any(|seen| seen == b"<script"));
        }
    }
}
