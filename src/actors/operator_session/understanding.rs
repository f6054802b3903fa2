//! What the browser says: each frame is understood or refused, each command answered once.

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};
use domain::effect::Input;
use domain::operator::{STATUS_REASON_CHARS_MAX, Status};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::actors::operator_session::{OperatorSession, Phase};
use crate::actors::orders;
use crate::actors::work::{Command, Order};
use crate::files::{self, Owner};
use crate::protocol::{ClientFrame, CommandRefusal, EdgeRefusal, ErrorCode, Outcome, ServerFrame};

impl OperatorSession {
    pub(super) fn understand(&mut self, text: &str, ctx: &mut Context<Self>) {
        if matches!(self.phase, Phase::Ending) {
            return;
        }
        let frame = match serde_json::from_str::<ClientFrame>(text) {
            Ok(frame) => frame,
            Err(error) => return self.not_understood(text, &error),
        };
        let greets = matches!(frame, ClientFrame::Hello { .. });
        if matches!(self.phase, Phase::Silent) && !greets {
            return self.error(ErrorCode::HelloExpected, "say hello first");
        }
        match frame {
            ClientFrame::Hello { .. } | ClientFrame::Watch { .. }
                if self.readings.check().is_err() =>
            {
                self.send_away(ctx);
            }
            ClientFrame::Hello { protocol, positions } => self.hello(protocol, &positions, ctx),
            ClientFrame::Ack { positions } => self.acknowledged(&positions),
            ClientFrame::Watch { conversation } => self.watch(conversation, ctx),
            ClientFrame::SetStatus { cmd_id, status, reason } => {
                self.set_status(cmd_id, status, reason, ctx);
            }
            ClientFrame::Accept { .. }
            | ClientFrame::Decline { .. }
            | ClientFrame::Take { .. }
            | ClientFrame::TakeOver { .. }
            | ClientFrame::Reply { .. }
            | ClientFrame::SendAgain { .. }
            | ClientFrame::Edit { .. }
            | ClientFrame::Delete { .. }
            | ClientFrame::Note { .. }
            | ClientFrame::Draft { .. }
            | ClientFrame::Topic { .. }
            | ClientFrame::Hold { .. }
            | ClientFrame::Transfer { .. }
            | ClientFrame::Withdraw { .. }
            | ClientFrame::Invite { .. }
            | ClientFrame::Join { .. }
            | ClientFrame::Leave { .. }
            | ClientFrame::Finish { .. }
            | ClientFrame::Spam { .. }
            | ClientFrame::Release { .. }
            | ClientFrame::Review { .. }
            | ClientFrame::PickUp { .. } => self.order(frame, ctx),
        }
    }

    fn order(&self, frame: ClientFrame, ctx: &mut Context<Self>) {
        match orders::read(frame, self.operator.clone()) {
            Some(Ok(command)) => self.command(command, ctx),
            Some(Err(bad)) => self.bad_value(bad.cmd_id, bad.field),
            None => {}
        }
    }

    fn set_status(
        &self,
        cmd_id: Uuid,
        status: Status,
        reason: Option<String>,
        ctx: &mut Context<Self>,
    ) {
        match orders::some_text(reason, STATUS_REASON_CHARS_MAX, "reason") {
            Err(field) => self.bad_value(cmd_id, field),
            Ok(reason) => {
                let (node, operator) = (self.node.clone(), self.operator.clone());
                let done = async move { node.set_status(&operator, status, reason).await };
                self.answer_later(cmd_id, done, ctx);
            }
        }
    }

    fn not_understood(&self, text: &str, error: &serde_json::Error) {
        let value = serde_json::from_str::<Value>(text).unwrap_or_default();
        let code =
            if is_known(&value["type"]) { ErrorCode::BadFrame } else { ErrorCode::UnknownType };
        // A command that is merely malformed is answered under its id, so that nobody waits for it.
        let id = value["cmd_id"].as_str().and_then(|id| id.parse::<Uuid>().ok());
        match (id, code) {
            (Some(cmd_id), ErrorCode::BadFrame) => self.bad_value(cmd_id, "frame"),
            (_, code) => self.error(code, &error.to_string()),
        }
    }

    fn bad_value(&self, cmd_id: Uuid, field: &str) {
        let why = CommandRefusal::Edge(EdgeRefusal::BadValue { field: field.to_owned() });
        self.send(&ServerFrame::Result { cmd_id, outcome: Outcome::refused(why) });
    }

    /// Finds the files that go with it first; what is written after it waits, so that words stay in
    /// their order.
    fn command(&self, command: Command, ctx: &mut Context<Self>) {
        let ClientFrame::Reply { files, .. } = &command.frame else {
            return self.carry_out(command, ctx);
        };
        if files.is_empty() {
            return self.carry_out(command, ctx);
        }
        let (node, files) = (self.node.clone(), files.clone());
        let owner = Owner::Conversation(command.conversation.clone());
        let found = async move {
            let mut found = Vec::with_capacity(files.len());
            for id in &files {
                found.push(node.files().find(&owner, id).await?);
            }
            Ok::<_, files::Unavailable>(found.into_iter().collect::<Option<Vec<_>>>())
        };
        ctx.wait(found.into_actor(self).map(move |found, session, ctx| match found {
            Ok(Some(found)) => session.carry_out(command.with_files(found), ctx),
            Ok(None) => session.bad_value(command.id, "files"),
            Err(_) => {
                let why = CommandRefusal::Edge(EdgeRefusal::Unavailable {});
                let (cmd_id, outcome) = (command.id, Outcome::refused(why));
                session.send(&ServerFrame::Result { cmd_id, outcome });
            }
        }));
    }

    fn carry_out(&self, command: Command, ctx: &mut Context<Self>) {
        let types =
            matches!(&command.order, Order::Input(Input::Draft { text, .. }) if !text.is_empty());
        let written = types.then(|| command.conversation.clone());
        let (cmd_id, node) = (command.id, self.node.clone());
        let done = async move {
            let outcome = node.command(command).await;
            if let (Outcome::Done {}, Some(conversation)) = (&outcome, written) {
                let under_way = node.parts().at_work.begin();
                actix::spawn(async move {
                    node.operator_writes(&conversation).await;
                    drop(under_way);
                });
            }
            outcome
        };
        self.answer_later(cmd_id, done, ctx);
    }

    /// Answers a command once its outcome is true.
    fn answer_later(
        &self,
        cmd_id: Uuid,
        outcome: impl Future<Output = Outcome> + 'static,
        ctx: &mut Context<Self>,
    ) {
        if self.limiter.check().is_err() {
            let why = CommandRefusal::Edge(EdgeRefusal::TooFast {});
            return self.send(&ServerFrame::Result { cmd_id, outcome: Outcome::refused(why) });
        }
        ctx.spawn(outcome.into_actor(self).map(move |outcome, session, _| {
            metrics::counter!("switchboard_commands_total", "outcome" => outcome.word())
                .increment(1);
            session.send(&ServerFrame::Result { cmd_id, outcome });
        }));
    }
}

/// Whether a frame's `type` is one of ours. One that is no text is malformed, not unknown.
fn is_known(kind: &Value) -> bool {
    // Alone it can only be refused for what it lacks; in a whole frame, so can a field's value.
    let alone = serde_json::from_value::<ClientFrame>(json!({ "type": kind }));
    alone.map_or_else(|error| !error.to_string().starts_with("unknown variant"), |_| true)
}
