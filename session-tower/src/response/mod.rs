//! What becomes of the session with the response.

mod answering;
mod cache_policy;
mod head;
mod saving;
mod set_cookie;

pub(crate) use answering::{Answer, Answering, Outcome};
pub use cache_policy::CachePolicy;
pub use head::{DiscardChanges, ResponseHead};
pub(crate) use saving::SavingResponse;
