//! Commands of operators: which shard carries one out, and what came of it.

use domain::id::ShardId;

use crate::actors::handle::{NodeHandle, NotStored};
use crate::actors::work::{Answer, Command, Order, Work};
use crate::protocol::{CommandRefusal, EdgeRefusal, Outcome};

impl NodeHandle {
    /// Carries out a command and answers when its outcome is true.
    pub(crate) async fn command(&self, command: Command) -> Outcome {
        let unavailable = || Outcome::refused(CommandRefusal::Edge(EdgeRefusal::Unavailable {}));
        let under_way = self.parts.at_work.begin();
        let shard = match self.carried_out_in(&command).await {
            Ok(Some(shard)) => shard,
            Ok(None) => {
                let why = EdgeRefusal::UnknownConversation {};
                return Outcome::refused(CommandRefusal::Edge(why));
            }
            Err(_) => return unavailable(),
        };
        if matches!(command.order, Order::PickUp) && !self.parts.store.has_room() {
            return unavailable();
        }
        if self.is_elsewhere(shard) {
            drop(under_way);
            return self.command_elsewhere(shard, command).await;
        }
        let (answer, answered) = Answer::new();
        let handed = self.parts.hand_to(shard, Work::Command { command, answer });
        drop(under_way);
        match handed {
            Some(Ok(())) => answered.await.unwrap_or_else(|_| unavailable()),
            Some(Err(_)) | None => unavailable(),
        }
    }

    /// The shard that has what a command decides on: the conversation, or its chat. None: there is
    /// none of either.
    async fn carried_out_in(&self, command: &Command) -> Result<Option<ShardId>, NotStored> {
        match command.order {
            Order::Input(_)
            | Order::Transfer { .. }
            | Order::SendAgain { .. }
            | Order::Correct { .. } => {
                Ok(command.conversation.shard().filter(|shard| shard.0 < self.shards()))
            }
            Order::PickUp => {
                let found = self.stored_conversation(&command.conversation).await?;
                let directory = self.directory();
                let channel = found.and_then(|c| directory.channels.get(&c.chat.channel));
                Ok(channel.map(|channel| channel.value.shard))
            }
        }
    }
}
