//! Records of a history that is over, kept together in little room.
//!
//! Knows no store: all of them keep such a pack as it is, beside the records that came later.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

/// Records in one pack, and their bytes before they are made small: what is read is unpacked as a
/// whole. A longer history keeps the rest as it is.
pub const PACKED_RECORDS_MAX: usize = 20_000;
const PACKED_BYTES_MAX: usize = 8 * 1024 * 1024;
/// In front of each record: its number and its length.
const HEAD_BYTES: usize = 8;
/// What a pack comes to at most when it is unpacked.
const UNPACKED_BYTES_MAX: u64 = (PACKED_BYTES_MAX + PACKED_RECORDS_MAX * HEAD_BYTES) as u64;

/// All records of a history up to one of them, as one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    through: u32,
    /// zlib over the records in order, each as its number and its length (32 bits, little-endian)
    /// and its bytes.
    bytes: Vec<u8>,
}

/// A pack that this program did not write, or that was damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a packed history cannot be read")]
pub struct Unreadable;

impl Pack {
    /// The records from the first on, in the order of their numbers, as many as a pack takes.
    /// None: there are none, or the first is too long.
    pub fn of(records: &[(u32, Vec<u8>)]) -> Option<Self> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        let (mut through, mut raw) = (None, 0);
        for (n, bytes) in records.iter().take(PACKED_RECORDS_MAX) {
            raw += bytes.len();
            let length = u32::try_from(bytes.len()).ok().filter(|_| raw <= PACKED_BYTES_MAX);
            let Some(length) = length else { break };
            // Writing into memory does not fail.
            encoder.write_all(&n.to_le_bytes()).ok()?;
            encoder.write_all(&length.to_le_bytes()).ok()?;
            encoder.write_all(bytes).ok()?;
            through = Some(*n);
        }
        Some(Self { through: through?, bytes: encoder.finish().ok()? })
    }

    /// As a store has kept it.
    pub(super) fn stored(through: u32, bytes: Vec<u8>) -> Self {
        Self { through, bytes }
    }

    /// The number of the last record in it.
    pub fn through(&self) -> u32 {
        self.through
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The records, in the order of their numbers.
    pub fn records(&self) -> Result<Vec<(u32, Vec<u8>)>, Unreadable> {
        let mut raw = Vec::new();
        let unpacked =
            ZlibDecoder::new(&*self.bytes).take(UNPACKED_BYTES_MAX).read_to_end(&mut raw);
        unpacked.map_err(|_| Unreadable)?;
        let (mut rest, mut records) = (&*raw, Vec::new());
        while !rest.is_empty() {
            let (n, behind) = number(rest)?;
            let (length, behind) = number(behind)?;
            let length = usize::try_from(length).map_err(|_| Unreadable)?;
            let (bytes, behind) = behind.split_at_checked(length).ok_or(Unreadable)?;
            records.push((n, bytes.to_vec()));
            rest = behind;
        }
        Ok(records)
    }
}

fn number(bytes: &[u8]) -> Result<(u32, &[u8]), Unreadable> {
    let (number, rest) = bytes.split_first_chunk().ok_or(Unreadable)?;
    Ok((u32::from_le_bytes(*number), rest))
}

/// A page of a history: what is packed of it, and the records beside the pack, which win.
pub(super) fn page(
    pack: Option<&Pack>,
    beside: Vec<(u32, Vec<u8>)>,
    after: u32,
    limit: usize,
) -> Result<Vec<(u32, Vec<u8>)>, Unreadable> {
    let Some(pack) = pack.filter(|pack| pack.through > after) else { return Ok(beside) };
    let mut records: BTreeMap<u32, Vec<u8>> = pack.records()?.into_iter().collect();
    records.extend(beside);
    Ok(records.into_iter().filter(|(n, _)| *n > after).take(limit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        let records = [(1, b"one".to_vec()), (2, Vec::new()), (7, vec![0, 255, 10])];
        let pack = Pack::of(&records).unwrap();
        assert_eq!(pack.through(), 7);
        assert_eq!(pack.records(), Ok(records.to_vec()));
        assert_eq!(Pack::of(&[]), None);
    }

    #[test]
    fn a_pack_is_small() {
        let record =
            |n| (n, format!(r#"{{"record":"entry","n":{n},"text":"hello"}}"#).into_bytes());
        let records: Vec<_> = (1..=100).map(record).collect();
        let raw: usize = records.iter().map(|(_, bytes)| bytes.len()).sum();
        assert!(Pack::of(&records).unwrap().bytes().len() * 5 < raw);
    }

    #[test]
    fn a_pack_takes_so_much_and_no_more() {
        let many: Vec<_> = (1..=25_000).map(|n| (n, vec![b'x'])).collect();
        assert_eq!(Pack::of(&many).unwrap().through(), 20_000);
        let long = |n| (n, vec![b'x'; 5 * 1024 * 1024]);
        let pack = Pack::of(&[long(1), long(2)]).unwrap();
        assert_eq!(pack.through(), 1);
        assert_eq!(pack.records(), Ok(vec![long(1)]));
        assert_eq!(Pack::of(&[(1, vec![b'x'; 9 * 1024 * 1024])]), None);
    }

    #[test]
    fn what_is_damaged_is_not_taken_for_records() {
        let pack = Pack::of(&[(1, b"a record of some length".to_vec())]).unwrap();
        for at in 0..pack.bytes.len() {
            let mut bytes = pack.bytes.clone();
            bytes[at] ^= 0x40;
            // A bit that stands for nothing may be any.
            let read = Pack::stored(1, bytes).records();
            assert!(read == Err(Unreadable) || read == pack.records(), "byte {at}");
            let torn = Pack::stored(1, pack.bytes[..at].to_vec());
            assert_eq!(torn.records(), Err(Unreadable), "cut at {at}");
        }
    }
}
