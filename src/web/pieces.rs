//! What goes out over a socket, in small pieces.
//!
//! A connection keeps a buffer as large as the largest piece that ever went through it. Thousands of
//! consoles begin with a large snapshot and have little to say afterwards.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::Stream;

/// With the head of the answer before it, no more than a page of memory.
const PIECE_BYTES: usize = 3 * 1024;

/// Lets the connection write each piece before it gets the next.
pub(super) struct Pieces<S> {
    bytes: S,
    rest: Bytes,
    /// A piece is just being written.
    rests: bool,
}

impl<S> Pieces<S> {
    pub(super) fn of(bytes: S) -> Self {
        Self { bytes, rest: Bytes::new(), rests: false }
    }
}

impl<E, S: Stream<Item = Result<Bytes, E>> + Unpin> Stream for Pieces<S> {
    type Item = Result<Bytes, E>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.rests) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.rest.is_empty() {
            let Some(bytes) = ready!(Pin::new(&mut self.bytes).poll_next(context)).transpose()?
            else {
                return Poll::Ready(None);
            };
            self.rest = bytes;
        }
        let piece = self.rest.len().min(PIECE_BYTES);
        self.rests = piece < self.rest.len();
        Poll::Ready(Some(Ok(self.rest.split_to(piece))))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::{FutureExt as _, StreamExt as _, stream};

    use super::*;

    fn pieces(chunks: &[usize]) -> Pieces<impl Stream<Item = Result<Bytes, Infallible>> + Unpin> {
        let chunks: Vec<_> =
            chunks.iter().map(|length| Ok(Bytes::from(vec![b'x'; *length]))).collect();
        Pieces::of(stream::iter(chunks))
    }

    #[test]
    fn a_large_chunk_is_cut_and_a_pause_made_between() {
        let mut pieces = pieces(&[2 * PIECE_BYTES + 1, 3]);
        let mut next = || pieces.next().now_or_never().map(|piece| piece.map(|p| p.unwrap().len()));
        let pause = None;
        let passed = [next(), next(), next(), next(), next(), next(), next()];
        let whole = Some(Some(PIECE_BYTES));
        assert_eq!(passed, [whole, pause, whole, pause, Some(Some(1)), Some(Some(3)), Some(None)]);
    }
}
