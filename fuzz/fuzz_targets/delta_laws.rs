#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| session_fuzz::delta_laws::run(input));
