//! What people ask of a line outside of any round. Nothing here changes it.

use std::sync::Arc;

use actix::{Handler, Message};
use domain::conversation::Conversation;
use domain::hours::Hours;
use domain::id::{ConversationId, OperatorId};
use domain::line::{Line, LineSettings};
use domain::queue::{Queue, Reach};
use domain::routing::{Decision, Seek};

use crate::actors::encode;
use crate::actors::line::{Decided, LineActor, LineStart, Taken};
use crate::actors::parts::Parts;
use crate::store::Unavailable;
use crate::store::op::DocumentKind;

/// Documents read at a time.
const PAGE: usize = 256;

/// Who would be offered a new conversation under these settings, if the line is open?
#[derive(Debug, Message)]
#[rtype(result = "Decided")]
pub(crate) struct Foresee(pub(crate) Box<LineSettings>);

impl Handler<Foresee> for LineActor {
    type Result = Decided;

    fn handle(&mut self, foresee: Foresee, _: &mut Self::Context) -> Decided {
        let mut queue = self.queue.clone();
        queue.configure(&foresee.0);
        Decided(queue.next(&Seek::default(), Reach::None))
    }
}

/// Which conversations are open?
#[derive(Clone, Debug, Message)]
#[rtype(result = "Vec<ConversationId>")]
pub(crate) enum Open {
    All,
    /// Those that this operator has, is asked for, or gets back.
    Of(OperatorId),
}

impl Handler<Open> for LineActor {
    type Result = Vec<ConversationId>;

    fn handle(&mut self, open: Open, _: &mut Self::Context) -> Vec<ConversationId> {
        match open {
            Open::All => self.standings.all().into_iter().cloned().collect(),
            Open::Of(operator) => self.standings.of(&operator).cloned().collect(),
        }
    }
}

/// For a line that runs on another node.
impl LineStart {
    pub(crate) async fn read(
        parts: &Parts,
        line: Arc<Line>,
        hours: Arc<Hours>,
    ) -> Result<Self, Unavailable> {
        let counters = parts.store.counters(line.id.clone()).await?;
        let (mut conversations, mut after) = (Vec::new(), None);
        loop {
            let kind = DocumentKind::Conversation;
            let page = parts.store.documents(line.shard, kind, after.take(), PAGE).await?;
            let read = page.iter().filter_map(|document| {
                encode::read::<Conversation>("conversation", &document.bytes)
            });
            conversations.extend(read.filter(|c| c.line == line.id).map(Arc::new));
            if page.len() < PAGE {
                break;
            }
            after = page.last().map(|document| document.id.clone());
        }
        Ok(Self { line, hours, counters, conversations, operators: parts.standings() })
    }

    /// As [`Foresee`], by a queue that is made for this question.
    pub(crate) fn foresee(self, parts: &Parts, taken: &Taken, settings: &LineSettings) -> Decision {
        let mut queue = Queue::new(&parts.settings.limits);
        for counter in self.counters {
            queue.received(&counter.operator, counter.received, counter.last);
        }
        taken.correct(&mut queue);
        for (operator, present) in &self.operators {
            queue.operator(operator, *present);
        }
        queue.configure(&self.line.settings);
        queue.set_open(self.hours.is_open(parts.clock.now()));
        for conversation in &self.conversations {
            queue.follow(conversation, &[]);
        }
        queue.keep();
        queue.configure(settings);
        queue.next(&Seek::default(), Reach::None)
    }
}
