#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| session_fuzz::postgres_rows::run(input));
