//! The rules of a store, as data: the same names, sentences and reasons as in [`session_core::store::contract`], which
//! leads. [`SESSIONS`] are the rules of whole sessions over such a store.
//!
//! ```
//! use session_testkit::rules;
//!
//! assert_eq!(rules::CREATE_3.sentence(), "Of N racing creates of one key exactly one wins.");
//! assert!(rules::ALL.iter().any(|rule| rule.name() == "CREATE-3"));
//! ```

mod contract;
mod rule;
mod session;

pub use contract::*;
pub use rule::Rule;
pub use session::*;

/// The rules that depend on what the store's server does. Their cases open the store behind a proxy
/// ([`Fixture::open_behind_proxy`](crate::Fixture::open_behind_proxy)).
pub const OF_A_SERVER: &[&Rule] = &[&FAULT_1, &FAULT_2, &FAULT_3];

/// Makes a constant of each rule and a list of all of them. A rule has a constant, a name, a sentence and a reason. They are
/// those of the crate that explains them.
#[doc(hidden)]
#[macro_export]
macro_rules! __rules {
    (
        $(#[$meta:meta])*
        $home:literal $all:ident: $($constant:ident, $name:literal: $sentence:literal, $reason:literal;)+
    ) => {
        $(#[$meta])*
        pub const $all: &[&$crate::Rule] = &[$(&$constant),+];

        $(
            #[doc = concat!($name, ": ", $sentence)]
            pub const $constant: $crate::Rule =
                $crate::Rule::new($home, $name, $sentence, $reason);
        )+
    };
}
use __rules as rules;
