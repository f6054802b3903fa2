//! What the projection's thread is asked to do, in its order.
//!
//! What only has to be written down gathers for a moment, so that many commits share a transaction.
//! Whoever asks something waits for nothing but what was ordered before.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use metrics::Gauge;

use crate::readmodel::Order;

/// Batches and questions that may wait. A batch that finds it full is dropped and counted: every
/// row is whole, so the next change of the conversation mends the list.
const WAITING_MAX: usize = 65_536;
/// Orders in one transaction.
const TOGETHER_MAX: usize = 512;
/// How long what was projected may lie, for more to come.
const GATHERED: Duration = Duration::from_millis(250);

/// The end at which orders are given. With its last clone the thread ends.
#[derive(Clone)]
pub(super) struct Orders(Arc<Giver>);

struct Giver(Arc<Queue>);

/// The end at which they are worked off.
pub(super) struct Orderly(Arc<Queue>);

struct Queue {
    state: Mutex<State>,
    stirred: Condvar,
    /// Orders that are not done.
    waiting: Gauge,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Order>,
    /// Somebody waits for an answer.
    urgent: bool,
    closed: bool,
}

pub(super) fn queue() -> (Orders, Orderly) {
    let waiting = metrics::gauge!("switchboard_read_model_waiting");
    let queue = Queue { state: Mutex::default(), stirred: Condvar::new(), waiting };
    let queue = Arc::new(queue);
    (Orders(Arc::new(Giver(queue.clone()))), Orderly(queue))
}

impl Orders {
    /// Gives an order. `false`: too many are waiting, or nobody works them off.
    pub(super) fn give(&self, order: Order) -> bool {
        let queue = &self.0.0;
        let mut state = queue.lock();
        if state.closed || state.waiting.len() >= WAITING_MAX {
            return false;
        }
        let urgent = order.is_asked();
        let stirs = state.waiting.is_empty() || urgent && !state.urgent;
        state.urgent |= urgent;
        state.waiting.push_back(order);
        queue.waiting.increment(1);
        drop(state);
        if stirs {
            queue.stirred.notify_one();
        }
        true
    }
}

impl Orderly {
    /// The next orders, for one transaction. Empty: there will be none any more.
    pub(super) fn next(&self) -> Vec<Order> {
        let first = |state: &mut State| state.waiting.is_empty() && !state.closed;
        let state = self.0.stirred.wait_while(self.0.lock(), first);
        let state = state.unwrap_or_else(PoisonError::into_inner);
        let more = |state: &mut State| {
            !state.urgent && !state.closed && state.waiting.len() < TOGETHER_MAX
        };
        let gathered = self.0.stirred.wait_timeout_while(state, GATHERED, more);
        let (mut state, _) = gathered.unwrap_or_else(PoisonError::into_inner);
        let together = state.waiting.len().min(TOGETHER_MAX);
        let orders = state.waiting.drain(..together).collect();
        state.urgent = state.waiting.iter().any(Order::is_asked);
        orders
    }

    /// So many orders are done.
    pub(super) fn worked_off(&self, number: usize) {
        self.0.waiting.decrement(u32::try_from(number).unwrap_or(u32::MAX));
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        self.lock().closed = true;
        self.stirred.notify_one();
    }
}

impl Drop for Giver {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Nobody is to wait for a thread that has ended.
impl Drop for Orderly {
    fn drop(&mut self) {
        self.0.close();
        self.0.lock().waiting.clear();
    }
}

impl std::fmt::Debug for Orders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Orders").finish_non_exhaustive()
    }
}
