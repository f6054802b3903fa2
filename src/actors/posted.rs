//! What operators and people ask on another node, carried out here: it came by the inbox, and what
//! became of it goes back by the feed.

use domain::event::FeedEvent;
use domain::file::StoredFile;
use domain::id::OperatorId;

use crate::actors::bench::{Bench, Broken};
use crate::actors::encode;
use crate::actors::group::Group;
use crate::actors::handle::{Change, NotStored};
use crate::actors::orders;
use crate::actors::post::Post;
use crate::actors::verdict::{Verdict, outcome, stored};
use crate::actors::work::Work;
use crate::protocol::ClientFrame;
use crate::store::op::Op;

impl Bench {
    pub(crate) async fn posted_command(
        &mut self,
        group: &mut Group,
        operator: OperatorId,
        frame: ClientFrame,
        files: Vec<StoredFile>,
    ) -> Result<(), Broken> {
        // The node that took it has looked at it already.
        let Some(Ok(command)) = orders::read(frame, operator) else { return Ok(()) };
        let command = command.with_files(files);
        let verdict = match self.carry_out(group, &command).await? {
            Ok(()) => Verdict::Done,
            Err(why) => Verdict::Refused(why),
        };
        answer(group, command.dedupe_key(), &verdict, command_answer);
        Ok(())
    }

    pub(crate) async fn posted_change(
        &mut self,
        group: &mut Group,
        request: &str,
        by: &OperatorId,
        changes: &[Change],
    ) -> Result<(), Broken> {
        let verdict = self.change(group, by, changes).await?;
        answer(group, request.to_owned(), &verdict, change_answer);
        Ok(())
    }
}

/// Of what was refused nothing is left but the answer.
fn answer(group: &mut Group, request: String, verdict: &Verdict, say: impl Fn(&Verdict) -> String) {
    if !matches!(verdict, Verdict::Done) {
        *group = Group::default();
    }
    if may_be_asked_again(verdict) {
        group.ops.push(Op::ForgetDedupe { key: request.clone() });
    }
    group.show(FeedEvent::Answered { request, answer: say(verdict) });
}

/// Nothing was done: whoever has not heard so, and asks again, is not told that it was.
fn may_be_asked_again(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Done | Verdict::Repeated => false,
        Verdict::Refused(_) | Verdict::Stale => true,
    }
}

/// What is left of an entry of the inbox that was refused for good: the answer. None: it is no such
/// entry, or nobody waits for it.
pub(crate) fn settled(work: &Work, verdict: &Verdict) -> Option<Post> {
    let Work::Inbox { post: Some(post), .. } = work else { return None };
    if let Post::Command { operator, frame, files: _ } = post {
        let command = orders::read(frame.clone(), operator.clone())?.ok()?;
        let (answer, again) = (command_answer(verdict), may_be_asked_again(verdict));
        return Some(Post::Answer { request: command.dedupe_key(), answer, again });
    }
    if let Post::Change { request, .. } = post {
        let (answer, again) = (change_answer(verdict), may_be_asked_again(verdict));
        return Some(Post::Answer { request: request.clone(), answer, again });
    }
    None
}

fn command_answer(verdict: &Verdict) -> String {
    text(&outcome(verdict.clone()))
}

fn change_answer(verdict: &Verdict) -> String {
    text::<Result<(), NotStored>>(&stored(verdict))
}

fn text<T: serde::Serialize>(answer: &T) -> String {
    String::from_utf8_lossy(&encode::document(answer)).into_owned()
}
