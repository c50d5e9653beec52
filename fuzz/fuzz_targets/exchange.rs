//! Any bytes as what concurrent requests, the clock and a failing store do: no acknowledged change is lost or made twice,
//! nothing dead comes back, a one-time token has one taker.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| session_fuzz::exchange::run(input));
