//! Writes definitions that nobody thought of, and proves of each that `check` calls good that it compiles, starts, and
//! answers as `explain` says. A definition is a function of a seed ([`cells::of_seed`]); [`judge`] asks the generator,
//! [`typed`] the compiler.

pub mod bank;
pub mod cells;
pub mod draft;
mod expected;
mod fields;
pub mod judge;
mod kinds;
pub mod report;
mod rows;
pub mod run;
pub mod sample;
pub mod script;
pub mod served;
mod shown;
pub mod shrink;
pub mod tape;
pub mod typed;
mod values;
pub mod writer;
