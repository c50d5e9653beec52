use std::fmt;

use super::{Call, Write};

/// A [`Call`] with its own copy of the data, to be carried out where the caller's data does not live long enough, such as
/// on another thread.
///
/// ```
/// use session_core::{id::StoreKey, store::{Call, OwnedCall, Revision, Write}};
/// use std::time::Duration;
///
/// let write = Write { next: Revision::default(), data: b"cart", ttl: Duration::from_secs(300) };
/// let call = Call::Create { key: StoreKey::default(), write, cap: None };
/// assert_eq!(OwnedCall::from(call).call(), call);
/// ```
#[derive(Clone)]
pub struct OwnedCall {
    /// The call without data.
    frame: Call<'static>,
    /// The data of its writes, in the order in which the call has them.
    data: Vec<Box<[u8]>>,
}

impl OwnedCall {
    /// The call on the copied data.
    #[must_use]
    pub fn call(&self) -> Call<'_> {
        let mut data = self.data.iter();
        with_data(self.frame, |_| data.next().map_or(&[], |data| &**data))
    }
}

impl From<Call<'_>> for OwnedCall {
    fn from(call: Call<'_>) -> Self {
        let mut data = Vec::new();
        let frame = with_data(call, |bytes| {
            data.push(Box::from(bytes));
            &[]
        });
        Self { frame, data }
    }
}

impl fmt::Debug for OwnedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnedCall").field(&self.call()).finish()
    }
}

fn with_data<'a, 'b>(call: Call<'a>, mut data: impl FnMut(&'a [u8]) -> &'b [u8]) -> Call<'b> {
    let mut with = |Write { next, data: bytes, ttl }: Write<'a>| Write { next, data: data(bytes), ttl };
    match call {
        Call::Load { key } => Call::Load { key },
        Call::Create { key, write, cap } => Call::Create { key, write: with(write), cap },
        // It is a hint, and as long as the record.
        Call::Commit { key, expected, write, .. } => {
            Call::Commit { key, expected, replaced: None, write: with(write) }
        }
        Call::Touch { key, expected, ttl } => Call::Touch { key, expected, ttl },
        Call::Rotate { from, expected, to, write, tombstone } => {
            Call::Rotate { from, expected, to, write: with(write), tombstone: tombstone.map(with) }
        }
        Call::Delete { key, expected, tombstone } => {
            Call::Delete { key, expected, tombstone: tombstone.map(with) }
        }
        Call::List { family, page } => Call::List { family, page },
        Call::Revoke { family, keep } => Call::Revoke { family, keep },
        Call::Sweep { limit } => Call::Sweep { limit },
    }
}
