//! Runs the target `definition` under the fuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| countersign_fuzz::definition::run(data));
