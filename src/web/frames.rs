//! What may come in over a socket, before and after the codec: a guard of declared sizes in front
//! of it, and the joining of fragments behind it. Knows nothing of sessions.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_http::ws::{CloseCode, Item};
use actix_web::error::PayloadError;
use bytes::{Bytes, BytesMut};
use bytestring::ByteString;
use futures_util::Stream;

/// Largest payload of one frame.
pub(super) const FRAME_BYTES_MAX: usize = 64 * 1024;
/// Largest message of several frames.
pub(super) const MESSAGE_BYTES_MAX: usize = 1024 * 1024;
const CONTROL_BYTES_MAX: u64 = 125;
const HEADER_BYTES_MAX: usize = 14;
const FIN: u8 = 0x80;
const RESERVED: u8 = 0x70;
const CONTROL: u8 = 0x08;
const MASKED: u8 = 0x80;

/// Why the guard ended the stream; the pipe closes with this code.
#[derive(Clone, Debug, Default)]
pub(super) struct Fault(Rc<Cell<Option<Code>>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Code {
    TooLarge,
    Protocol,
}

impl Fault {
    pub(super) fn close_code(&self) -> Option<CloseCode> {
        self.0.get().map(|code| match code {
            Code::TooLarge => CloseCode::Size,
            Code::Protocol => CloseCode::Protocol,
        })
    }
}

/// Lets bytes pass up to the first frame that is declared too large or breaks the protocol, and
/// ends there. The codec would gather a frame of any size before it looks at its length.
pub(super) struct Guard<S> {
    bytes: S,
    place: Place,
    fault: Fault,
}

/// Where in the stream of frames the next byte is.
#[derive(Default)]
struct Place {
    header: [u8; HEADER_BYTES_MAX],
    have: usize,
    /// Bytes of the payload still to come.
    payload: u64,
}

impl<S> Guard<S> {
    pub(super) fn new(bytes: S) -> (Self, Fault) {
        let fault = Fault::default();
        (Self { bytes, place: Place::default(), fault: fault.clone() }, fault)
    }
}

impl<S: Stream<Item = Result<Bytes, PayloadError>> + Unpin> Stream for Guard<S> {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.fault.0.get().is_some() {
            return Poll::Ready(None);
        }
        let Some(chunk) = ready!(Pin::new(&mut self.bytes).poll_next(context)).transpose()? else {
            return Poll::Ready(None);
        };
        match self.place.walk(&chunk) {
            Ok(()) => Poll::Ready(Some(Ok(chunk))),
            Err((good, code)) => {
                self.fault.0.set(Some(code));
                Poll::Ready((good > 0).then(|| Ok(chunk.slice(..good))))
            }
        }
    }
}

impl Place {
    /// Goes through a chunk; refused with the length of what came before the bad frame.
    fn walk(&mut self, chunk: &[u8]) -> Result<(), (usize, Code)> {
        let mut at = 0;
        let mut frame_began = 0;
        while at < chunk.len() {
            if self.payload > 0 {
                let left = u64::try_from(chunk.len() - at).unwrap_or(u64::MAX);
                let passed = self.payload.min(left);
                self.payload -= passed;
                at += usize::try_from(passed).unwrap_or(usize::MAX);
                continue;
            }
            if self.have == 0 {
                frame_began = at;
            }
            self.header[self.have] = chunk[at];
            self.have += 1;
            at += 1;
            if let Some(length) = self.declared().map_err(|code| (frame_began, code))? {
                self.payload = length;
                self.have = 0;
            }
        }
        Ok(())
    }

    /// The length that a complete header declares; none: it goes on.
    fn declared(&self) -> Result<Option<u64>, Code> {
        let [first, second, ..] = self.header;
        if first & RESERVED != 0 {
            return Err(Code::Protocol);
        }
        if self.have < 2 {
            return Ok(None);
        }
        if second & MASKED == 0 {
            return Err(Code::Protocol);
        }
        let (length_bytes, short) = match second & !MASKED {
            126 => (2, None),
            127 => (8, None),
            length => (0, Some(u64::from(length))),
        };
        if self.have < 2 + length_bytes {
            return Ok(None);
        }
        let long =
            || self.header[2..2 + length_bytes].iter().fold(0, |n, b| n << 8 | u64::from(*b));
        let length = short.unwrap_or_else(long);
        let is_control = first & CONTROL != 0;
        if is_control && (length > CONTROL_BYTES_MAX || first & FIN == 0) {
            return Err(Code::Protocol);
        }
        if length > FRAME_BYTES_MAX as u64 {
            return Err(Code::TooLarge);
        }
        let mask_bytes = 4;
        Ok((self.have == 2 + length_bytes + mask_bytes).then_some(length))
    }
}

/// Puts fragments of a text together.
#[derive(Debug, Default)]
pub(super) struct Joiner(BytesMut);

impl Joiner {
    /// The text, when its last fragment is there.
    pub(super) fn add(&mut self, item: Item) -> Result<Option<ByteString>, CloseCode> {
        let (fragment, is_last) = match item {
            Item::FirstBinary(_) => return Err(CloseCode::Unsupported),
            Item::FirstText(fragment) | Item::Continue(fragment) => (fragment, false),
            Item::Last(fragment) => (fragment, true),
        };
        if self.0.len() + fragment.len() > MESSAGE_BYTES_MAX {
            return Err(CloseCode::Size);
        }
        self.0.extend_from_slice(&fragment);
        if !is_last {
            return Ok(None);
        }
        let whole = std::mem::take(&mut self.0).freeze();
        ByteString::try_from(whole).map(Some).map_err(|_| CloseCode::Invalid)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt as _, StreamExt as _, stream};

    use super::*;

    /// What the guard lets pass of these bytes in chunks of that size, and its fault.
    fn pass(bytes: &[u8], chunk_bytes: usize) -> (usize, Option<CloseCode>) {
        let chunks: Vec<_> =
            bytes.chunks(chunk_bytes).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
        let (guard, fault) = Guard::new(stream::iter(chunks));
        let passed: Vec<_> = guard.collect().now_or_never().expect("all bytes are here");
        let passed = passed.into_iter().map(|chunk| chunk.expect("no error").len()).sum();
        (passed, fault.close_code())
    }

    fn text(payload_bytes: u8) -> Vec<u8> {
        let mut frame = vec![0x81, 0x80 | payload_bytes, 1, 2, 3, 4];
        frame.resize(frame.len() + usize::from(payload_bytes), b'x');
        frame
    }

    #[test]
    fn good_frames_pass_however_they_are_cut() {
        let mut long = vec![0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4];
        long.resize(long.len() + FRAME_BYTES_MAX, b'x');
        let bytes = [text(5), text(0), long, vec![0x89, 0x80, 1, 2, 3, 4], text(125)].concat();
        for chunk_bytes in [1, 2, 3, 7, 1000, usize::MAX] {
            assert_eq!(pass(&bytes, chunk_bytes), (bytes.len(), None), "{chunk_bytes}");
        }
    }

    #[test]
    fn a_giant_frame_ends_at_its_header_however_slowly_it_comes() {
        let giant = vec![0x81, 0xff, 0, 0, 0, 2, 0x54, 0x0b, 0xe4, 0];
        let bytes = [text(5), giant.clone(), vec![b'x'; 100_000]].concat();
        assert_eq!(pass(&bytes, 64 * 1024), (11, Some(CloseCode::Size)));
        let (passed, fault) = pass(&bytes, 1);
        assert!(passed <= 11 + giant.len(), "{passed} bytes were let in");
        assert_eq!(fault, Some(CloseCode::Size));
    }

    #[test]
    fn frames_against_the_protocol_end_the_stream() {
        for (what, frame) in [
            ("not masked", vec![0x81, 0x05, 1, 2, 3, 4]),
            ("reserved bit", vec![0xc1, 0x80, 1, 2, 3, 4]),
            ("long ping", vec![0x89, 0xfe, 0, 126]),
            ("fragmented close", vec![0x08, 0x80, 1, 2, 3, 4]),
        ] {
            let bytes = [text(1), frame].concat();
            assert_eq!(pass(&bytes, 100), (7, Some(CloseCode::Protocol)), "{what}");
        }
    }

    #[test]
    fn fragments_become_one_text() {
        let mut joiner = Joiner::default();
        let euro = "€".as_bytes();
        let (head, tail) = (Bytes::from_static(&euro[..1]), Bytes::from_static(&euro[1..]));
        assert_eq!(joiner.add(Item::FirstText(head.clone())), Ok(None));
        assert_eq!(joiner.add(Item::Continue(Bytes::new())), Ok(None));
        assert_eq!(joiner.add(Item::Last(tail)), Ok(Some(ByteString::from("€"))));
        assert_eq!(joiner.add(Item::FirstText(head)), Ok(None));
        assert_eq!(joiner.add(Item::Last(Bytes::new())), Err(CloseCode::Invalid));
        assert_eq!(joiner.add(Item::FirstBinary(Bytes::new())), Err(CloseCode::Unsupported));
    }

    #[test]
    fn many_fragments_are_too_large() {
        let mut joiner = Joiner::default();
        let fragment = Bytes::from(vec![b'x'; FRAME_BYTES_MAX]);
        assert_eq!(joiner.add(Item::FirstText(fragment.clone())), Ok(None));
        for _ in 1..MESSAGE_BYTES_MAX / FRAME_BYTES_MAX {
            assert_eq!(joiner.add(Item::Continue(fragment.clone())), Ok(None));
        }
        assert_eq!(joiner.add(Item::Last(Bytes::from_static(b"x"))), Err(CloseCode::Size));
    }
}
