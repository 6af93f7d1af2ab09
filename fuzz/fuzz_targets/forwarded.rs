//! Runs the target `forwarded` under the fuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| countersign_fuzz::forwarded::run(data));
