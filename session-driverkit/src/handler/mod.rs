//! What the handlers of a fixture do: one function of the kit does it with the framework's session, as the query of the request
//! says.

mod act;
mod answer;
mod gate;
mod held;
mod step;
#[cfg(test)]
mod tests;

pub use act::{act, said};
pub use answer::Answer;
pub(crate) use gate::Gate;
pub use held::Held;
pub(crate) use step::Act;
