//! JSON of our values, written with few calls.

use std::io;

use serde::Serialize;
use serde::ser::Error as _;
use serde_json::Serializer;

/// Most documents, events and frames are smaller.
const USUAL_BYTES: usize = 1024;

/// The JSON of a value. An error is one of the value's own `Serialize`.
pub fn to_string(value: &(impl Serialize + ?Sized)) -> serde_json::Result<String> {
    String::from_utf8(to_vec(value)?).map_err(serde_json::Error::custom)
}

/// The same as bytes.
pub fn to_vec(value: &(impl Serialize + ?Sized)) -> serde_json::Result<Vec<u8>> {
    let mut text = Text(Vec::with_capacity(USUAL_BYTES));
    value.serialize(&mut Serializer::new(&mut text))?;
    Ok(text.0)
}

/// JSON in the making. Three of four pieces that the serialiser hands over are a single quote, colon or
/// comma: to call for each of them what copies memory would cost almost a third of the whole.
struct Text(Vec<u8>);

impl io::Write for Text {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match bytes {
            [byte] => self.0.push(*byte),
            bytes => self.0.extend_from_slice(bytes),
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use serde_json::value::RawValue;

    use super::*;

    #[test]
    fn what_is_json_already_stays_as_it_is() {
        let raw = RawValue::from_string("{ \"a\" : 1 }".to_owned()).unwrap();
        assert_eq!(to_string(&vec![raw]).unwrap(), "[{ \"a\" : 1 }]");
    }

    #[test]
    fn what_cannot_be_written_is_an_error() {
        let of_numbers = std::collections::BTreeMap::from([(vec![1], 2)]);
        assert!(to_vec(&of_numbers).is_err());
    }

    proptest! {
        #[test]
        fn it_is_what_others_write(
            text in ".*",
            number: i64,
            part: f64,
            yes: bool,
            lines in any::<Vec<String>>(),
        ) {
            let value = json!({
                "text": text, "number": number, "part": part, "yes": yes, "lines": lines, "none": null,
            });
            prop_assert_eq!(to_vec(&value).unwrap(), serde_json::to_vec(&value).unwrap());
        }
    }
}
