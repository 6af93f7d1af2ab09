//! Every macro, compiled: what is right passes, and what is wrong is told in our own words. `TRYBUILD=overwrite` accepts
//! new words.

#[test]
fn macros_take_what_is_right_and_tell_what_is_wrong() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/*/pass/*.rs");
    cases.compile_fail("tests/*/fail/*.rs");
}
