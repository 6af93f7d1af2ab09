//! The entities that behaviours and hooks speak of: users, operations, accounts, consent options. No wire names here.

use std::collections::BTreeMap;

use crate::values::{Decimal, Json, Map, Phone, Secret, Time};

/// A user as the bank knows them.
#[derive(Debug, Clone, Default)]
pub struct User {
    /// The bank's own number of the user.
    pub id: String,
    /// The name the user signs in with.
    pub username: Option<String>,
    /// First name.
    pub given_name: Option<String>,
    /// Last name.
    pub family_name: Option<String>,
    /// The organization in which the user was found; left empty, it is the one that was asked for.
    pub organization: Option<String>,
    /// Where codes are sent. [`Phone::read`] reads what a directory has, such as `+46 73 123 45 67`.
    pub phone: Option<Phone>,
    /// A number in a national register.
    pub registration_number: Option<String>,
    /// A PHC string, such as `$argon2id$v=19$…`; used when `verify_password` is not overridden.
    pub password_hash: Option<String>,
    /// A locked user's right password is refused.
    pub locked: bool,
    /// Whether the user's account may be used at all; if not, the user is refused as a locked one is.
    pub status: AccountStatus,
    /// What else the bank knows of the user, for APIs that show it.
    pub extras: Map,
    /// Organizations that the user may act for.
    pub organizations: Vec<Organization>,
    /// The user's devices; none is as good as all.
    pub devices: Vec<KnownDevice>,
    /// Accounts that the user proves to be theirs by deposits that the bank made.
    pub payment_accounts: Vec<PaymentAccount>,
    /// Answers that the user gave when the bank enrolled them; used until they are replaced here.
    pub answers: Vec<EnrolledAnswer>,
    /// What the bank adds by its own meanings.
    pub facts: BTreeMap<&'static str, String>,
}

impl User {
    /// True if nothing that the user shows is accepted.
    pub fn is_blocked(&self) -> bool {
        self.locked || self.status == AccountStatus::Inactive
    }
}

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AccountStatus {
    /// It may.
    #[default]
    Active,
    /// It may not.
    Inactive,
}

/// An application for which an operation is opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Application {
    /// Its number.
    pub id: String,
    /// Its name, for the user.
    pub name: String,
    /// What it is, for the user.
    pub description: String,
    /// What it may do.
    pub scopes: Vec<String>,
}

/// Whether an authentication method works with certificates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CertificateMode {
    /// It does, for this user.
    Enabled,
    /// It could, and is switched off for this user.
    Disabled,
    /// It does not.
    #[default]
    Unavailable,
}

/// A step of an operation, as fraud detection distinguishes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RiskAction {
    /// A user is about to sign in.
    LoginStart,
    /// A step of signing in has ended.
    LoginStep,
    /// A user has signed out.
    Logout,
    /// An operation is about to be approved.
    ApprovalStart,
    /// A step of approving has ended.
    ApprovalStep,
}

/// What fraud detection says of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Risk {
    /// Whether the caller should do as this says.
    pub applied: bool,
    /// A word for it, such as `2FA`.
    pub label: Option<String>,
    /// Whether a one-time code is wanted.
    pub otp_required: bool,
    /// Whether a password is wanted.
    pub password_required: bool,
    /// What else the caller should know.
    pub extras: Map,
}

impl Default for Risk {
    /// Nothing is waived.
    fn default() -> Self {
        Risk { applied: false, label: None, otp_required: true, password_required: true, extras: Map::default() }
    }
}

/// A device of a user.
#[derive(Debug, Clone, Default)]
pub struct KnownDevice {
    /// Its number.
    pub id: String,
    /// The applications on it; none is as good as all.
    pub app_ids: Vec<String>,
}

/// An account outside the bank, to which the bank made two deposits.
#[derive(Debug, Clone, Default)]
pub struct PaymentAccount {
    /// Its number.
    pub id: String,
    /// Its type.
    pub account_type: String,
    /// The network that it belongs to.
    pub network: String,
    /// What else identifies it, such as `accountNumber`.
    pub attributes: BTreeMap<String, String>,
    /// The two amounts, in either order; none if the bank asks for none.
    pub deposits: Option<[Decimal; 2]>,
}

/// An answer that the bank already has.
#[derive(Debug, Clone, Default)]
pub struct EnrolledAnswer {
    /// The question's id in the pool.
    pub question_id: String,
    /// The question itself, where the pool does not have it.
    pub question_text: Option<String>,
    /// Whether this question must be among the answered ones.
    pub required: bool,
    /// A PHC string over the answer as [`normal_answer`](crate::behaviours::questions::normal_answer) makes it.
    pub hash: String,
}

/// A question that a user may be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// Its id.
    pub id: String,
    /// The question.
    pub text: String,
    /// Whether it must be among the answered ones.
    pub required: bool,
}

/// An answer as a request has it. The question is identified by its id or by its text.
#[derive(Debug, Clone, Default)]
pub struct GivenAnswer {
    /// The question's id.
    pub question_id: Option<String>,
    /// The question.
    pub question_text: Option<String>,
    /// The answer.
    pub value: Secret<String>,
}

/// An organization.
#[derive(Debug, Clone, Default)]
pub struct Organization {
    /// Its number.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A wallet.
#[derive(Debug, Clone, Default)]
pub struct Wallet {
    /// Its number.
    pub id: String,
    /// How well its owner is known.
    pub kyc_level: i64,
    /// How far that has come.
    pub kyc_status: String,
    /// Its accounts.
    pub accounts: Vec<WalletAccount>,
}

/// An account of a wallet.
#[derive(Debug, Clone, Default)]
pub struct WalletAccount {
    /// Its number.
    pub id: String,
    /// Whether it may be used.
    pub state: String,
    /// Its currency.
    pub currency: String,
    /// What is in it.
    pub balance: Decimal,
}

/// An operation that a user authorizes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Operation {
    /// Its number.
    pub id: Option<String>,
    /// Its name, one of the definition's `operations`.
    pub name: Option<String>,
    /// Its data string.
    pub data: Option<String>,
    /// The amount, if money moves.
    pub amount: Option<Decimal>,
    /// The amount's currency.
    pub currency: Option<String>,
    /// The payee's account.
    pub account: Option<String>,
    /// When it ends by itself; no code for it is good for longer.
    pub expires: Option<Time>,
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationChange {
    /// As the user wished.
    Done,
    /// By the user's wish.
    Canceled,
    /// Without success.
    Failed,
}

/// How a password arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordProtection {
    /// As it is.
    None,
    /// Encrypted with AES.
    Aes,
}

/// Whether a box is ticked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CheckState {
    /// It is.
    Checked,
    /// It is not.
    #[default]
    Unchecked,
}

/// An account of a user.
#[derive(Debug, Clone, Default)]
pub struct BankAccount {
    /// What identifies the choice, such as an IBAN.
    pub id: String,
    /// The number that a user recognises.
    pub number: String,
    /// Its name.
    pub name: String,
    /// What is on it.
    pub balance: Decimal,
    /// Its currency.
    pub currency: String,
    /// Whether it can be paid from.
    pub usable: bool,
    /// Why not, in the user's language.
    pub unusable_reason: Option<String>,
}

/// A choice of accounts that a form offers.
#[derive(Debug, Clone, Default)]
pub struct AccountChoice {
    /// The id of the form's attribute.
    pub id: String,
    /// The accounts, the default one first.
    pub accounts: Vec<BankAccount>,
    /// Whether the user may choose.
    pub enabled: bool,
    /// The chosen account's id.
    pub default: Option<String>,
}

/// How a form wants one of its fields.
#[derive(Debug, Clone, Default)]
pub struct FieldConfig {
    /// The field's id.
    pub id: Option<String>,
    /// Whether it may be changed.
    pub enabled: bool,
    /// What is chosen at first.
    pub default: Option<String>,
}

/// A line of a consent form.
#[derive(Debug, Clone, Default)]
pub struct ConsentOption {
    /// Its id.
    pub id: Option<String>,
    /// What it says, as HTML.
    pub html: Option<String>,
    /// Whether it must be ticked.
    pub required: bool,
    /// How it is shown at first.
    pub default: CheckState,
    /// How the user left it.
    pub value: Option<CheckState>,
}

/// What is wrong with a line of a consent form.
#[derive(Debug, Clone, Default)]
pub struct OptionResult {
    /// The line's id.
    pub id: String,
    /// Whether it is as it must be.
    pub passed: bool,
    /// What to show the user.
    pub error_text: Option<String>,
}

/// How deposits are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepositMethod {
    /// With the amounts that the bank knows.
    Compared,
    /// Not at all, since the bank asks for none.
    Waived,
}

/// What a request says of itself, sent back as it came.
#[derive(Debug, Clone, Default)]
pub struct Message {
    /// The header of its message, if one could be read.
    pub header: Option<Json>,
}
