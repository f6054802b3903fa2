//! A document as it is written down, with what it says.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::actors::encode;

/// A document: its bytes, what they say, or both. Each is made of the other by whoever asks first: a
/// card is looked at many times for each message, and changed several times before it is written.
#[derive(Clone)]
pub(crate) struct Written(Arc<Sides>);

struct Sides {
    bytes: OnceLock<Arc<[u8]>>,
    /// None within: they cannot be read as that.
    said: OnceLock<Option<Said>>,
}

struct Said {
    value: Arc<dyn Any + Send + Sync>,
    encode: fn(&(dyn Any + Send + Sync)) -> Vec<u8>,
}

impl Written {
    pub(crate) fn of(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self(Arc::new(Sides { bytes: OnceLock::from(bytes.into()), said: OnceLock::new() }))
    }

    pub(crate) fn down<T: Serialize + Send + Sync + 'static>(value: T) -> Self {
        let said = OnceLock::from(Some(Said::of(value)));
        Self(Arc::new(Sides { bytes: OnceLock::new(), said }))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.bytes.get_or_init(|| {
            let said = self.0.said.get().and_then(Option::as_ref);
            said.map(|said| (said.encode)(&*said.value)).unwrap_or_default().into()
        })
    }

    /// What it says. None: it cannot be read as that. All who ask must ask for the same type, which
    /// its kind determines.
    pub(crate) fn read<T>(&self) -> Option<Arc<T>>
    where
        T: Serialize + DeserializeOwned + Send + Sync + 'static,
    {
        let said = self.0.said.get_or_init(|| {
            let value: T = encode::read("record", self.bytes())?;
            Some(Said::of(value))
        });
        said.as_ref()?.value.clone().downcast().ok()
    }
}

impl Said {
    fn of<T: Serialize + Send + Sync + 'static>(value: T) -> Self {
        let encode = |value: &(dyn Any + Send + Sync)| {
            value.downcast_ref::<T>().map(encode::document).unwrap_or_default()
        };
        Self { value: Arc::new(value), encode }
    }
}

impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.bytes().len())
    }
}

impl PartialEq for Written {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Written {}
