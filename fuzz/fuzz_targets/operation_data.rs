//! Runs the target `operation_data` under the fuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| countersign_fuzz::operation_data::run(data));
