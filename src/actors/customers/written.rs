//! A document as it is written down, with what it says.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::actors::encode;

/// The bytes of a document. What they say is found out once, by whoever asks first: a card is looked
/// at many times for each message.
#[derive(Clone)]
pub(crate) struct Written {
    bytes: Arc<[u8]>,
    said: Arc<OnceLock<Option<Arc<dyn Any + Send + Sync>>>>,
}

impl Written {
    pub(crate) fn of(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { bytes: bytes.into(), said: Arc::default() }
    }

    pub(crate) fn down<T: Serialize + Send + Sync + 'static>(value: T) -> Self {
        let bytes = encode::document(&value).into();
        let said: Arc<dyn Any + Send + Sync> = Arc::new(value);
        Self { bytes, said: Arc::new(OnceLock::from(Some(said))) }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it says. None: it cannot be read as that. All who ask must ask for the same type, which
    /// its kind determines.
    pub(crate) fn read<T: DeserializeOwned + Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let said = self.said.get_or_init(|| {
            let value: T = encode::read("record", &self.bytes)?;
            Some(Arc::new(value))
        });
        said.clone()?.downcast().ok()
    }
}

impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.bytes.len())
    }
}

impl PartialEq for Written {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Written {}
