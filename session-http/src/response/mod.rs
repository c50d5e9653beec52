//! What becomes of the session with the response.

mod answering;
mod cache_policy;
mod headers;
mod saving;
mod verdict;

pub use answering::Answering;
pub use cache_policy::CachePolicy;
pub use headers::ResponseHeaders;
pub use saving::Saving;
pub use verdict::Verdict;
