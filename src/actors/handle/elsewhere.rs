//! What is asked of a shard that runs on another node: it goes by the inbox there, and the answer
//! comes back by the feed.

use std::time::Duration;

use domain::id::{OperatorId, ShardId};
use serde::de::DeserializeOwned;

use crate::actors::encode;
use crate::actors::following::catch_up;
use crate::actors::handle::{Change, NodeHandle, NotStored};
use crate::actors::post::Post;
use crate::actors::shard::Bell;
use crate::actors::work::{COMMAND_DEDUPE_SECONDS, Command};
use crate::clock;
use crate::protocol::{CommandRefusal, EdgeRefusal, Outcome};
use crate::store::op::Submitted;

/// How long an answer is waited for: as long as it takes another node to take a shard over, and
/// some more. It may still be carried out after that.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Why there is no answer.
enum Unanswered {
    /// It was asked for before.
    Repeated,
    NotStored(NotStored),
}

impl NodeHandle {
    /// Waits until what other nodes have changed by now is known here.
    ///
    /// # Errors
    /// Unavailable: the store did not answer.
    pub async fn hears_of_all(&self) -> Result<(), NotStored> {
        if self.parts.leases.is_none() {
            return Ok(());
        }
        let heard = tokio::time::timeout(ANSWER_WITHIN, catch_up(&self.parts, ShardId(0))).await;
        heard.map_err(|_| NotStored::Unavailable)?.map_err(|_| NotStored::Unavailable)
    }

    /// Whether another node has the shard, or will have it.
    pub(super) fn is_elsewhere(&self, shard: ShardId) -> bool {
        self.parts.leases.is_some() && !self.runs(shard)
    }

    pub(super) async fn change_elsewhere(
        &self,
        by: &OperatorId,
        changes: Vec<Change>,
    ) -> Result<(), NotStored> {
        let request = format!("change:{}", clock::new_uuid());
        let post = Post::Change { request: request.clone(), by: by.clone(), changes };
        match self.ask::<Result<(), NotStored>>(ShardId(0), request, &post).await {
            Ok(answer) => answer,
            Err(Unanswered::NotStored(why)) => Err(why),
            // A request is made once; only its answer can be lost.
            Err(Unanswered::Repeated) => Err(NotStored::Unavailable),
        }
    }

    pub(super) async fn command_elsewhere(&self, shard: ShardId, command: Command) -> Outcome {
        let request = command.dedupe_key();
        let Command { operator, frame, files, .. } = command;
        let post = Post::Command { operator, frame, files };
        match self.ask(shard, request, &post).await {
            Ok(outcome) => outcome,
            Err(Unanswered::Repeated) => Outcome::Repeated {},
            Err(Unanswered::NotStored(_)) => {
                Outcome::refused(CommandRefusal::Edge(EdgeRefusal::Unavailable {}))
            }
        }
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        shard: ShardId,
        request: String,
        post: &Post,
    ) -> Result<T, Unanswered> {
        let unavailable = || Unanswered::NotStored(NotStored::Unavailable);
        let (store, now) = (&self.parts.store, self.parts.clock.now());
        let answered = self.parts.answers.expect(&request);
        let bytes = encode::document(post);
        let submitted = store.submit(shard, request, COMMAND_DEDUPE_SECONDS, now, bytes).await;
        // It may have come here meanwhile.
        self.parts.with_shard(shard, |addr| addr.do_send(Bell));
        match submitted {
            Ok(Submitted::Accepted(_)) => {}
            Ok(Submitted::Duplicate) => return Err(Unanswered::Repeated),
            Ok(Submitted::Full) => return Err(Unanswered::NotStored(NotStored::Full)),
            Err(_) => return Err(unavailable()),
        }
        let answer = tokio::time::timeout(ANSWER_WITHIN, answered).await;
        let answer = answer.ok().and_then(Result::ok).ok_or_else(unavailable)?;
        encode::read("answer", answer.as_bytes()).ok_or_else(unavailable)
    }
}
