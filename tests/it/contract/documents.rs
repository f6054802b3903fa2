//! Documents of a shard and documents that belong to none.

use domain::id::ShardId;
use strum::IntoEnumIterator;
use switchboard::store::Store;
use switchboard::store::op::{
    CommitError, Document, DocumentKind, DocumentName, Op, Refusal, SharedKind,
};

use crate::contract::words::*;

pub(crate) async fn a_document_is_written_and_read(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    assert_eq!(read(&store, "c1").await, None);
    anna.does([put("c1", 0, "open")]).await;
    assert_eq!(read(&store, "c1").await, Some(document("c1", 1, "open")));
    assert_eq!(read(&store, "c2").await, None);
    let archived = store.document(SHARD, DocumentKind::Archive, "c1".to_owned()).await.unwrap();
    assert_eq!(archived, None);
}

pub(crate) async fn a_document_moves_from_version_to_version(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    for version in 0..3 {
        anna.does([put("c1", version, &format!("turn {version}"))]).await;
    }
    assert_eq!(read(&store, "c1").await, Some(document("c1", 3, "turn 2")));
}

pub(crate) async fn a_deleted_document_begins_anew(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([put("c1", 0, "open")]).await;
    anna.does([put("c1", 1, "still open")]).await;
    anna.does([delete("c1", 2)]).await;
    assert_eq!(read(&store, "c1").await, None);
    anna.does([delete("c1", 0)]).await;
    anna.does([put("c1", 0, "anew")]).await;
    assert_eq!(read(&store, "c1").await, Some(document("c1", 1, "anew")));
}

pub(crate) async fn documents_are_listed_by_kind_in_pages(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let ops = ["c3", "c1", "c4", "c2"].map(|id| put(id, 0, id));
    anna.does(ops.into_iter().chain([put_kind(DocumentKind::Chat, "c9", 0, "chat")])).await;
    assert_eq!(listed(&store, None, usize::MAX).await, ["c1", "c2", "c3", "c4"]);
    assert_eq!(listed(&store, None, 2).await, ["c1", "c2"]);
    assert_eq!(listed(&store, Some("c2"), 9).await, ["c3", "c4"]);
    assert_eq!(listed(&store, Some("c25"), 1).await, ["c3"]);
    assert_eq!(listed(&store, Some("c4"), 9).await, <[String; 0]>::default());
    let chats = store.documents(SHARD, DocumentKind::Chat, None, 9).await.unwrap();
    assert_eq!(chats, [document("c9", 1, "chat")]);
    let archive = store.documents(SHARD, DocumentKind::Archive, None, 9).await.unwrap();
    assert_eq!(archive, []);
}

pub(crate) async fn documents_belong_to_their_shard(store: Store) {
    Owner::of(&store, "anna").await.does([put("c1", 0, "here")]).await;
    Owner::of_shard(&store, ELSEWHERE, "boris").await.does([put("c1", 0, "there")]).await;
    assert_eq!(read(&store, "c1").await, Some(document("c1", 1, "here")));
    assert_eq!(listed(&store, None, 9).await, ["c1"]);
}

pub(crate) async fn documents_are_kept_apart_by_kind(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does(DocumentKind::iter().map(|kind| put_kind(kind, "1", 0, &format!("{kind:?}")))).await;
    for kind in DocumentKind::iter() {
        let expected = document("1", 1, &format!("{kind:?}"));
        let alone = store.document(SHARD, kind, "1".to_owned()).await.unwrap();
        assert_eq!(alone.as_ref(), Some(&expected));
        assert_eq!(store.documents(SHARD, kind, None, 9).await.unwrap(), [expected]);
    }
}

pub(crate) async fn shared_documents_belong_to_no_shard(store: Store) {
    Owner::of(&store, "anna").await.does([put_shared("sales", 0, "hours")]).await;
    let mut boris = Owner::of_shard(&store, ELSEWHERE, "boris").await;
    boris.does([put_shared("sales", 1, "other hours")]).await;
    assert_eq!(read_shared(&store, "sales").await, Some(document("sales", 2, "other hours")));
    let channel = store.shared(SharedKind::Channel, "sales".to_owned()).await.unwrap();
    assert_eq!(channel, None);
}

pub(crate) async fn documents_of_both_sorts_are_found_in_one_look(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([put("c1", 0, "here"), put_shared("c1", 0, "shared")]).await;
    Owner::of_shard(&store, ELSEWHERE, "boris").await.does([put("c1", 0, "there")]).await;
    let of = |shard, id: &str| DocumentName::Of(shard, DocumentKind::Conversation, id.to_owned());
    let shared = |kind| DocumentName::Shared(kind, "c1".to_owned());
    let names = [
        of(ELSEWHERE, "c1"),
        of(SHARD, "c2"),
        shared(SharedKind::Line),
        of(SHARD, "c1"),
        shared(SharedKind::Channel),
        of(ShardId(63), "c1"),
        of(SHARD, "c1"),
    ];
    let found = store.look_up(names.to_vec()).await.unwrap();
    let said = found.iter().map(|document| Some(document.as_ref()?.bytes.as_slice()));
    let expected = [Some("there"), None, Some("shared"), Some("here"), None, None, Some("here")];
    assert!(said.eq(expected.map(|text| text.map(str::as_bytes))), "{found:?}");
    assert_eq!(found[3], Some(document("c1", 1, "here")));
    assert_eq!(store.look_up(Vec::new()).await.unwrap(), []);
}

pub(crate) async fn shared_documents_are_listed_by_kind_in_pages(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let ops = ["l2", "l1", "l3"].map(|id| put_shared(id, 0, id));
    let account = put_shared_kind(SharedKind::Account, "anna", 0, "secret");
    anna.does(ops.into_iter().chain([account])).await;
    let listed = store.shared_all(SharedKind::Line, None, 2).await.unwrap();
    assert_eq!(listed, [document("l1", 1, "l1"), document("l2", 1, "l2")]);
    let listed = store.shared_all(SharedKind::Line, Some("l2".to_owned()), 2).await.unwrap();
    assert_eq!(listed, [document("l3", 1, "l3")]);
    let listed = store.shared_all(SharedKind::Account, None, 9).await.unwrap();
    assert_eq!(listed, [document("anna", 1, "secret")]);
}

pub(crate) async fn a_shared_document_is_deleted(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([put_shared("sales", 0, "hours")]).await;
    anna.does([delete_shared("sales", 1)]).await;
    assert_eq!(read_shared(&store, "sales").await, None);
    assert_eq!(store.shared_all(SharedKind::Line, None, 9).await.unwrap(), []);
}

pub(crate) async fn what_was_only_read_is_checked_and_not_written(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does([unmoved("sales", 0)]).await;
    assert_eq!(read_shared(&store, "sales").await, None);
    anna.does([put_shared("sales", 0, "hours")]).await;
    anna.does([unmoved("sales", 1), put_shared("support", 0, "hours")]).await;
    assert_eq!(read_shared(&store, "sales").await, Some(document("sales", 1, "hours")));
    for wrong in [0, 2] {
        let groups = [vec![put_shared("support", 1, "other hours")], vec![unmoved("sales", wrong)]];
        let moved = vec![(1, shared_version("sales", 1))];
        assert_eq!(anna.commits(groups).await, Err(CommitError::Refused(moved)));
    }
    assert_eq!(read_shared(&store, "support").await, Some(document("support", 1, "hours")));
}

pub(crate) async fn shared_documents_are_kept_apart_by_kind(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    anna.does(SharedKind::iter().map(|kind| put_shared_kind(kind, "1", 0, &format!("{kind:?}"))))
        .await;
    for kind in SharedKind::iter() {
        let expected = document("1", 1, &format!("{kind:?}"));
        let alone = store.shared(kind, "1".to_owned()).await.unwrap();
        assert_eq!(alone.as_ref(), Some(&expected));
        assert_eq!(store.shared_all(kind, None, 9).await.unwrap(), [expected]);
    }
}

pub(crate) async fn ids_of_shared_documents_are_any_text(store: Store) {
    let kind = SharedKind::Identity;
    let (wide, long) = ("😀".repeat(128), format!("bot:{}", "x".repeat(508)));
    let mut ids =
        ["+49 30 1234", "bot:", "bot:5\0", "bot:5\n", "o'hara@example.org", "%_\"", &wide, &long];
    ids.sort_unstable();
    let mut anna = Owner::of(&store, "anna").await;
    anna.does(ids.map(|id| put_shared_kind(kind, id, 0, "x"))).await;
    let all = store.shared_all(kind, None, usize::MAX).await.unwrap();
    assert_eq!(all.iter().map(|found| found.id.as_str()).collect::<Vec<_>>(), ids);
    for (n, id) in ids.into_iter().enumerate() {
        let moved = Refusal::SharedVersion { kind, id: id.to_owned(), found: 1 };
        assert_eq!(anna.tries([put_shared_kind(kind, id, 0, "y")]).await, refused(moved));
        anna.does([put_shared_kind(kind, id, 1, "y")]).await;
        let found = store.shared(kind, id.to_owned()).await.unwrap();
        assert_eq!(found, Some(document(id, 2, "y")));
        let behind = store.shared_all(kind, Some(id.to_owned()), usize::MAX).await.unwrap();
        assert_eq!(behind, all[n + 1..]);
        anna.does([Op::DeleteShared { kind, id: id.to_owned(), expected: 2 }]).await;
    }
    assert_eq!(store.shared_all(kind, None, usize::MAX).await.unwrap(), []);
}

pub(crate) async fn ids_are_ordered_byte_by_byte(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let ids = ["", "A", "Z", "a", "a\0b", "ab", "é", "я", "😀"];
    anna.does(ids.map(|id| put(id, 0, "x")).into_iter().rev()).await;
    assert_eq!(listed(&store, None, usize::MAX).await, ids);
    assert_eq!(listed(&store, Some(""), 1).await, ["A"]);
    assert_eq!(listed(&store, Some("a"), 1).await, ["a\0b"]);
}

pub(crate) async fn bytes_come_back_as_they_were(store: Store) {
    let mut anna = Owner::of(&store, "anna").await;
    let every: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    for (id, bytes) in [("empty", Vec::new()), ("long", every)] {
        let kind = DocumentKind::Conversation;
        anna.does([Op::PutDocument { kind, id: id.to_owned(), expected: 0, bytes: bytes.clone() }])
            .await;
        assert_eq!(read(&store, id).await.map(|found| found.bytes), Some(bytes));
    }
}

async fn read(store: &Store, id: &str) -> Option<Document> {
    store.document(SHARD, DocumentKind::Conversation, id.to_owned()).await.unwrap()
}

async fn read_shared(store: &Store, id: &str) -> Option<Document> {
    store.shared(SharedKind::Line, id.to_owned()).await.unwrap()
}

async fn listed(store: &Store, after: Option<&str>, limit: usize) -> Vec<String> {
    let after = after.map(str::to_owned);
    let page = store.documents(SHARD, DocumentKind::Conversation, after, limit).await.unwrap();
    page.into_iter().map(|document| document.id).collect()
}
