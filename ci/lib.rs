//! A package must have a target. The tests are beside it.
