use std::{any::Any, panic};

/// The payload of a panic that ends a case because the process of the peer is lost, which says nothing about a rule.
#[derive(Debug)]
pub(crate) struct Lost(String);

impl Lost {
    /// Ends the case.
    pub(super) fn end(reason: String) -> ! {
        panic::resume_unwind(Box::new(Self(reason)))
    }

    /// The reason, if this is what the panic was.
    pub(crate) fn reason(panic: &(dyn Any + Send)) -> Option<&str> {
        panic.downcast_ref::<Self>().map(|lost| lost.0.as_str())
    }
}
