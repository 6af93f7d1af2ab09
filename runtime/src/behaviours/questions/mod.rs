//! Security questions: listed, asked, answered, replaced. Answers are weak secrets, so every check compares all that was
//! given, answers one result, and counts failures per user; `checks.rs` says how they are compared, `set.rs` what is
//! stored.

mod answers_lockout;
mod checks;
mod inputs;
mod listed;
mod normal;
mod rehash;
mod replaced;
mod second_step;
mod set;
mod verified;

pub use inputs::{
    AskQuestions, AskedQuestions, ListQuestions, Questions, ReplaceAnswers, VerifyAnswers, VerifyAskedAnswers,
};
pub(super) use listed::list_questions;
pub use normal::{MOST_LETTERS, normal_answer};
pub(super) use replaced::replace_answers;
pub(super) use second_step::{ask_questions, verify_asked_answers};
pub(super) use verified::verify_answers;
