//! Processes that die: what they had in memory is gone, what was committed stands.

use domain::id::{ConversationId, ShardId};
use serde_json::json;
use switchboard::store::op::{Commit, CommitError, InstanceId, Op};

use super::{CHANNEL, Desk, SHARDS, Story};
use crate::fakes::telegram::Customer;

impl Story {
    /// The owner of a shard dies: from this moment on he writes nothing for it.
    pub async fn owner_dies(&self, shard: u16) {
        let shard = ShardId(shard);
        let leases = self.store.leases().await.unwrap();
        let (_, seen) = leases.into_iter().find(|(id, _)| *id == shard).expect("it was claimed");
        let nobody = InstanceId("nobody".into());
        self.store.claim(shard, nobody, seen, 0).await.unwrap().expect("nobody else claims it");
    }

    /// The process dies: from this moment on it writes nothing.
    pub async fn dies(&self) {
        for shard in 0..SHARDS {
            self.owner_dies(shard).await;
        }
    }

    /// Another process on the same store, and the browsers of these people come back.
    pub async fn restarts_with<const N: usize>(&mut self, names: [&str; N]) -> [Desk; N] {
        self.restarts().await;
        let mut desks = Vec::new();
        for name in names {
            desks.push(self.signs_in(name).await);
        }
        let Ok(desks) = desks.try_into() else { unreachable!("as many desks as names") };
        desks
    }

    /// Lets time pass in one step but for the last second: nothing may fall due before.
    pub async fn waits(&self, seconds: u64) {
        self.time_jumps(seconds - 1).await;
        self.seconds_pass(1).await;
    }

    /// The store goes another way than the owner of a shard knows: his next commit fails, and he
    /// has to read everything anew.
    pub async fn loses_track(&self, shard: u16) {
        let shard = ShardId(shard);
        loop {
            let leases = self.store.leases().await.unwrap();
            let (_, lease) = leases.into_iter().find(|(id, _)| *id == shard).unwrap();
            let commit = Commit {
                shard,
                owner: lease.owner.unwrap(),
                epoch: lease.epoch,
                after_commits: self.store.meta(shard).await.unwrap().commits,
                at: self.now(),
                groups: vec![vec![Op::AppendDead { bytes: b"unknown outcome".to_vec() }]],
            };
            match self.store.commit(commit).await {
                Ok(_) => return,
                // It came between two of ours.
                Err(CommitError::WentBack(_)) => tokio::task::yield_now().await,
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// A customer writes, and his platform tries again until it is heard.
    pub async fn posts_until_heard(&mut self, customer: i64, text: &str) {
        let update = self.platform.text(Customer { id: customer, name: "Ivan" }, text);
        while self.delivered(&update).await.iter().any(Result::is_err) {
            tokio::task::yield_now().await;
        }
    }

    /// A message lies in the inbox of its conversation's shard, and nobody has looked there yet.
    pub async fn is_on_its_way(&self, conversation: &ConversationId, customer: i64, text: &str) {
        let what = json!({
            "kind": "message", "external_id": null, "text": text, "reply_to": null, "sent_at": null,
        });
        let forwarded = json!({
            "post": "forwarded",
            "conversation": conversation,
            "channel": CHANNEL,
            "inbound": { "chat": customer.to_string(), "customer_name": "Ivan", "what": what },
        });
        let (shard, bytes) =
            (conversation.shard().unwrap(), serde_json::to_vec(&forwarded).unwrap());
        self.store.submit(shard, text.to_owned(), 100, self.now(), bytes).await.unwrap();
    }
}
