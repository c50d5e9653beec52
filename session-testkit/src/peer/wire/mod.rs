//! What goes between the two processes, as bytes. Both are the same program, so there are no versions.

mod frame;
mod message;
mod primitives;
mod values;

pub(super) use frame::{receive, send};
pub(super) use message::{Api, Reply, Request};

/// A value that can be written as bytes and read back.
pub(super) trait Wire<'a>: Sized {
    fn put(&self, out: &mut Vec<u8>);

    /// Takes the value from the front of the bytes, or returns `None` if they do not begin with one.
    fn take(from: &mut &'a [u8]) -> Option<Self>;

    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.put(&mut out);
        out
    }

    /// Reads a value that all of the bytes are.
    fn from_bytes(mut bytes: &'a [u8]) -> Option<Self> {
        Self::take(&mut bytes).filter(|_| bytes.is_empty())
    }
}

/// Writes the fields of a structure one after the other.
macro_rules! fields {
    ($($type:ty: $($field:ident),+;)+) => {$(
        impl<'a> Wire<'a> for $type {
            fn put(&self, out: &mut Vec<u8>) {
                $(self.$field.put(out);)+
            }

            fn take(from: &mut &'a [u8]) -> Option<Self> {
                Some(Self { $($field: Wire::take(from)?),+ })
            }
        }
    )+};
}
use fields;

/// Writes the number of a variant and its fields.
macro_rules! variants {
    ($($type:ty: $($tag:literal $variant:ident { $($field:tt: $name:ident),* })+)+) => {$(
        impl<'a> Wire<'a> for $type {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant { $($field: $name),* } => {
                        out.push($tag);
                        $($name.put(out);)*
                    })+
                }
            }

            fn take(from: &mut &'a [u8]) -> Option<Self> {
                Some(match u8::take(from)? {
                    $($tag => Self::$variant { $($field: Wire::take(from)?),* },)+
                    _ => return None,
                })
            }
        }
    )+};
}
use variants;
