//! What the behaviours of questions take and give.

use crate::entities::{EnrolledAnswer, GivenAnswer, Question};

/// The questions to list.
#[derive(Debug, Clone, Default)]
pub struct ListQuestions {
    /// Whether the issuer asks questions at all.
    pub enabled: Option<bool>,
    /// Whether the whole pool is listed for those who have not answered here yet.
    pub show_all: Option<bool>,
    /// How many answers are wanted.
    pub count: Option<i64>,
    /// All questions of the issuer.
    pub pool: Vec<Question>,
    /// Whose questions; none for those of the issuer.
    pub user: Option<String>,
    /// The answers that the bank has of the user.
    pub enrolled: Vec<EnrolledAnswer>,
    /// The issuer.
    pub issuer: Option<String>,
}

/// Questions of a user or an issuer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Questions {
    /// Whether the issuer asks questions at all.
    pub enabled: bool,
    /// How many answers are wanted; none if no questions are asked.
    pub count: i64,
    /// The questions.
    pub list: Vec<Question>,
}

/// A right code that is to be followed by answers.
#[derive(Debug, Clone, Default)]
pub struct AskQuestions {
    /// What stands for the code, as its check gives it.
    pub otp: Option<String>,
    /// The user that it was made for.
    pub user: Option<String>,
    /// Whether the issuer asks questions at all.
    pub enabled: Option<bool>,
    /// How many answers the issuer wants.
    pub wanted: Option<i64>,
    /// How many are asked for here, if not as many.
    pub count: Option<i64>,
    /// All questions of the issuer.
    pub pool: Vec<Question>,
    /// The answers that the bank has of the user.
    pub enrolled: Vec<EnrolledAnswer>,
    /// The issuer.
    pub issuer: Option<String>,
}

/// What is asked after a right code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskedQuestions {
    /// The questions; none if the code is done without.
    pub list: Option<Vec<Question>>,
}

/// Answers to check.
#[derive(Debug, Clone, Default)]
pub struct VerifyAnswers {
    /// Whose.
    pub user: Option<String>,
    /// The answers.
    pub answers: Vec<GivenAnswer>,
    /// Whether the issuer asks questions at all.
    pub enabled: Option<bool>,
    /// How many answers are wanted.
    pub count: Option<i64>,
    /// All questions of the issuer, for answers that name theirs by its text.
    pub pool: Vec<Question>,
    /// The answers that the bank has of the user.
    pub enrolled: Vec<EnrolledAnswer>,
    /// Whether the bank has locked the user.
    pub locked: Option<bool>,
    /// The issuer.
    pub issuer: Option<String>,
}

/// Answers that a right code waits for.
#[derive(Debug, Clone, Default)]
pub struct VerifyAskedAnswers<C> {
    /// Whose.
    pub user: Option<String>,
    /// The answers.
    pub answers: Vec<GivenAnswer>,
    /// Whether the issuer asks questions at all.
    pub enabled: Option<bool>,
    /// All questions of the issuer, for answers that name theirs by its text.
    pub pool: Vec<Question>,
    /// The answers that the bank has of the user.
    pub enrolled: Vec<EnrolledAnswer>,
    /// Whether the bank has locked the user.
    pub locked: Option<bool>,
    /// The issuer.
    pub issuer: Option<String>,
    /// What the code was made for, as this request has it.
    pub code: C,
}

/// Answers that take the place of all that are known of a user.
#[derive(Debug, Clone, Default)]
pub struct ReplaceAnswers {
    /// Whose.
    pub user: Option<String>,
    /// The answers.
    pub answers: Vec<GivenAnswer>,
    /// Whether the issuer asks questions at all.
    pub enabled: Option<bool>,
    /// How many answers there must be.
    pub count: Option<i64>,
    /// All questions of the issuer.
    pub pool: Vec<Question>,
    /// The issuer.
    pub issuer: Option<String>,
}
