//! What a refused round comes to: what was refused for good is answered, the rest is decided again.

use std::collections::VecDeque;
use std::sync::Arc;

use domain::effect::Refusal as Rule;
use domain::id::OperatorId;

use crate::actors::bench::{Bench, Broken};
use crate::actors::line::Loads;
use crate::actors::round::{Verdict, answer};
use crate::actors::work::Work;
use crate::protocol::CommandRefusal;
use crate::store::op::Refusal;

impl Bench {
    /// Answers what was refused for good and takes it out of the round.
    pub(crate) async fn settle(
        &mut self,
        refused: Vec<(usize, Refusal)>,
        works: &mut Vec<Work>,
        pending: &mut VecDeque<Work>,
    ) -> Result<(), Broken> {
        let mut verdicts: Vec<Option<Verdict>> = works.iter().map(|_| None).collect();
        let mut full_from = works.len();
        for (index, refusal) in refused {
            let verdict = match refusal {
                Refusal::Duplicate => Verdict::Repeated,
                // Finished by somebody else.
                Refusal::Job => Verdict::Stale,
                Refusal::SharedVersion { .. } => {
                    // Whoever changes the document itself looks at it anew. All others were only
                    // decided with what it said: they are decided again with what it says now.
                    let Some(Work::Change { .. }) = works.get(index) else { continue };
                    Verdict::Stale
                }
                Refusal::Capacity { operator, load: _ } => {
                    self.recount(&operator).await?;
                    full_from = full_from.min(index);
                    match works.get(index) {
                        Some(Work::Command { .. }) => {
                            Verdict::Refused(CommandRefusal::Conversation(Rule::Full))
                        }
                        _ => continue,
                    }
                }
                Refusal::Behind => {
                    self.inbox_drained = false;
                    self.put_off(works.drain(..), pending);
                    // Nothing else comes in: a round without arrivals cannot be behind again,
                    // however fast others fill the inbox.
                    *works = self.read_inbox().await?;
                    return Ok(());
                }
                Refusal::Version { id, found, .. } => {
                    return Err(Broken::Store(format!("document {id} is of version {found}")));
                }
                Refusal::Timer => return Err(Broken::Store("a timer is not armed".into())),
            };
            if let Some(slot) = verdicts.get_mut(index) {
                *slot = Some(verdict);
            }
        }
        let mut settled = Vec::new();
        let mut kept = Vec::new();
        for (work, verdict) in works.drain(..).zip(verdicts) {
            match verdict {
                Some(verdict) => settled.push((work, verdict)),
                None => kept.push(work),
            }
        }
        // What came before has taken the last place: it is committed first, so that the other
        // lines learn of it.
        if full_from > 0 && full_from < kept.len() {
            self.put_off(kept.drain(full_from..), pending);
        }
        *works = kept;
        let (settled, verdicts) = settled.into_iter().unzip();
        answer(settled, verdicts);
        Ok(())
    }

    /// Memory had another number of an operator's conversations than the store: learn it anew.
    async fn recount(&self, operator: &OperatorId) -> Result<(), Broken> {
        let loads = self.parts.store.loads().await?;
        let his = loads.into_iter().filter(|(who, _)| who == operator);
        let loads = Arc::new(his.map(|(who, what)| (who, what, true)).collect());
        for addr in self.lines.values() {
            addr.do_send(Loads(Arc::clone(&loads)));
        }
        Ok(())
    }
}
