//! The behaviours as generated code calls them: one method of a request's [`Core`] for each row of the vocabulary. What each
//! does stands in its family's module.

use super::codes::{
    AskOtp, CallersAccount, CredentialsVerdict, IssueOtp, IssuedOtp, OneTimeCode, ResendOtp, ResentOtp, SendOtp,
    SendSms, SentOtp, ShownOtp, StoredOtp, UnsentOtp, VerifiedOtp, VerifyOtp,
};
use super::deposits::{VerifiedDeposits, VerifyDeposits};
use super::documents::AcceptDocument;
use super::methods::{
    AssessRisk, CertificateVerdict, FindCertificateUser, InitMethod, MapOperation, Mapped, OpenOperation,
    VerifyCertificate,
};
use super::operations::{ConsentForm, ConsentVerdict, CreateConsent, DecorateForm, SaveConsent, ValidateConsent};
use super::questions::{
    AskQuestions, AskedQuestions, ListQuestions, Questions, ReplaceAnswers, VerifyAnswers, VerifyAskedAnswers,
};
use super::sessions::{OpenSession, OpenedSession, Session};
use super::tables::{Row, Table};
use super::users::{FindPhoneCountry, FindUser, RequireDevice, VerifyPassword};
use super::wallets::{CreateWallet, RequireNewUser, SetPassword};
use super::{codes, deposits, documents, methods, operations, questions, sessions, tables, users, wallets};
use crate::context::Core;
use crate::entities::{Risk, User, Wallet};
use crate::fault::{Fault, Verdict};
use crate::hooks::{MethodReply, OpenedOperation};
use crate::wire::{Form, Payload};

impl Core {
    /// How far a code has come, and what it was made for.
    ///
    /// # Errors
    /// `otp.unknown`, `otp.mismatch`, `store.unavailable`.
    pub async fn show_otp<C: OneTimeCode>(&self, input: AskOtp<C>) -> Result<ShownOtp<C>, Fault> {
        codes::show_otp(self, input).await
    }

    /// Ends a code that may still be used.
    ///
    /// # Errors
    /// `otp.unknown`, `otp.mismatch`, `otp.used`, `otp.expired`, `otp.exhausted`, `store.unavailable`.
    pub async fn cancel_otp<C: OneTimeCode>(&self, input: AskOtp<C>) -> Result<ShownOtp<C>, Fault> {
        codes::cancel_otp(self, input).await
    }

    /// Makes the id of a code that is sent later.
    ///
    /// # Errors
    /// `operation.expired`, `store.unavailable`.
    pub async fn open_otp<C: OneTimeCode>(&self, input: UnsentOtp<C>) -> Result<StoredOtp, Fault> {
        codes::open_otp(self, input).await
    }

    /// Sends a code that the caller made. For nobody all of it happens but the sending.
    ///
    /// # Errors
    /// `input.invalid`, `operation.unknown`, `operation.expired`, `sms.failed`, those of hooks, `store.unavailable`.
    pub async fn send_sms<C: OneTimeCode>(&self, input: SendSms<C>) -> Result<SentOtp, Fault> {
        codes::send_sms(self, input).await
    }

    /// Makes a code that is found by itself, and voids the older one for the same.
    ///
    /// # Errors
    /// `operation.expired`, `store.unavailable`.
    pub async fn issue_otp<C: OneTimeCode>(&self, input: IssueOtp<C>) -> Result<IssuedOtp, Fault> {
        codes::issue_otp(self, input).await
    }

    /// Sends a new code under an id that there is, and gives what the older one kept.
    ///
    /// # Errors
    /// `otp.unknown`, `otp.mismatch`, `otp.used`, `otp.exhausted`, `otp.expired`; those of `send_otp`.
    pub async fn resend_otp<C: OneTimeCode>(&self, input: ResendOtp<C>) -> Result<ResentOtp<C>, Fault> {
        codes::resend_otp(self, input).await
    }

    /// Makes a code, stores it and sends it. For nobody all of it happens but the sending.
    ///
    /// # Errors
    /// `input.invalid`, `operation.unknown`, `operation.expired`, `sms.failed`, those of hooks, `store.unavailable`.
    pub async fn send_otp<C: OneTimeCode>(&self, input: SendOtp<C>) -> Result<SentOtp, Fault> {
        codes::send_otp(self, input).await
    }

    /// Checks a code, if the account is active.
    ///
    /// # Errors
    /// `store.unavailable`. What is wrong with the code, and `otp.skipped`, is in the verdict.
    pub async fn verify_otp_if_active<C: OneTimeCode>(
        &self,
        otp: VerifyOtp<C>,
        account: CallersAccount,
    ) -> Result<Verdict<VerifiedOtp<C>>, Fault> {
        codes::verify_otp_if_active(self, otp, account).await
    }

    /// Checks a code and a password, if the account is active.
    ///
    /// # Errors
    /// Those of hooks, `store.unavailable`. What is wrong, and `otp.skipped`, is in the verdict.
    pub async fn verify_otp_and_password_if_active<C: OneTimeCode>(
        &self,
        otp: VerifyOtp<C>,
        password: VerifyPassword,
        account: CallersAccount,
    ) -> Result<CredentialsVerdict, Fault> {
        codes::verify_otp_and_password_if_active(self, otp, password, account).await
    }

    /// Checks a code, and spends it if it is right.
    ///
    /// # Errors
    /// `store.unavailable`. Whatever is wrong with the code is in the verdict.
    pub async fn verify_otp<C: OneTimeCode>(&self, input: VerifyOtp<C>) -> Result<Verdict<VerifiedOtp<C>>, Fault> {
        codes::verify_otp(self, input).await
    }

    /// Checks a code and a password together. A wrong password costs one of the code's attempts.
    ///
    /// # Errors
    /// Those of hooks, `overloaded`, `store.unavailable`. Whatever is wrong with code or password is in the verdict.
    pub async fn verify_otp_and_password<C: OneTimeCode>(
        &self,
        otp: VerifyOtp<C>,
        password: VerifyPassword,
    ) -> Result<CredentialsVerdict, Fault> {
        codes::verify_otp_and_password(self, otp, password).await
    }

    /// Stores a code that has passed already.
    ///
    /// # Errors
    /// `operation.expired`, `store.unavailable`.
    pub async fn waive_otp<C: OneTimeCode>(&self, input: UnsentOtp<C>) -> Result<StoredOtp, Fault> {
        codes::waive_otp(self, input).await
    }

    /// Refuses a device that is none of the user's. Where the bank lists no devices, or of no applications on one,
    /// all are good.
    ///
    /// # Errors
    /// `device.unknown`.
    pub async fn require_device(&self, input: RequireDevice) -> Result<(), Fault> {
        users::require_device(input)
    }

    /// Finds a user.
    ///
    /// # Errors
    /// `user.unknown`, or those of the hook.
    pub async fn find_user(&self, input: FindUser) -> Result<User, Fault> {
        users::find_user(self, input).await
    }

    /// As [`Core::find_user`]; nobody is an answer where the operation hides unknown users.
    ///
    /// # Errors
    /// `user.unknown`, or those of the hook.
    pub async fn find_user_if_known(&self, input: FindUser) -> Result<Option<User>, Fault> {
        users::find_user_if_known(self, input).await
    }

    /// Checks a user's password.
    ///
    /// # Errors
    /// Those of hooks, `overloaded`, `store.unavailable`. A wrong password is in the verdict.
    pub async fn verify_password(&self, input: VerifyPassword) -> Result<Verdict<User>, Fault> {
        users::verify_password(self, input).await
    }

    /// Gives the country of a phone, by its two letters: the number's own where several countries share its calling code,
    /// else the one that is known for the code.
    ///
    /// # Errors
    /// `input.invalid` for what is no phone.
    pub async fn find_phone_country(&self, input: FindPhoneCountry) -> Result<String, Fault> {
        users::find_phone_country(input)
    }

    /// Adds the user's accounts to the form, if the operation offers a choice and there are any.
    ///
    /// # Errors
    /// `user.unknown`, those of the hooks.
    pub async fn decorate_form<F: Form>(&self, input: DecorateForm<F>) -> Result<F, Fault> {
        operations::decorate_form(self, input).await
    }

    /// Makes the consent form of an operation; one that needs none has an empty form.
    ///
    /// # Errors
    /// `operation.unknown`; `input.invalid`, if the form shows a value which the operation needs and the request lacks.
    pub async fn create_consent(&self, input: CreateConsent) -> Result<ConsentForm, Fault> {
        operations::create_consent(self, input).await
    }

    /// Checks that every line that must be ticked is ticked. Lines are known by their ids.
    ///
    /// # Errors
    /// `operation.unknown`; `options.invalid`, if the lines are not those of the operation.
    pub async fn validate_consent(&self, input: ValidateConsent) -> Result<ConsentVerdict, Fault> {
        operations::validate_consent(self, input).await
    }

    /// Stores a consent: the adapter's own record first, then the bank's. Storing the same again changes nothing.
    /// `false` if the bank cannot store it now.
    ///
    /// # Errors
    /// `operation.unknown`; `options.invalid`, if the lines are not those of the operation or one that must be ticked
    /// is not; `store.unavailable`; those of the hook.
    pub async fn save_consent(&self, input: SaveConsent) -> Result<bool, Fault> {
        operations::save_consent(self, input).await
    }

    /// Notifies the bank of an event before the caller is answered. It may get it twice; the operation's number and the
    /// event's name make a repetition known.
    ///
    /// # Errors
    /// Those of the hook.
    pub async fn notify(&self, event: &'static str, request: &impl Payload) -> Result<(), Fault> {
        operations::notify(self, event, request).await
    }

    /// Finds the user of a certificate.
    ///
    /// # Errors
    /// `user.unknown`, or those of the hook.
    pub async fn find_certificate_user(&self, input: FindCertificateUser) -> Result<User, Fault> {
        methods::find_certificate_user(self, input).await
    }

    /// As [`Core::find_certificate_user`]; nobody is an answer where the operation hides unknown users.
    ///
    /// # Errors
    /// `user.unknown`, or those of the hook.
    pub async fn find_certificate_user_if_known(&self, input: FindCertificateUser) -> Result<Option<User>, Fault> {
        methods::find_certificate_user_if_known(self, input).await
    }

    /// Asks the bank whether it accepts a certificate. For an account that is not active it is not asked.
    ///
    /// # Errors
    /// Those of the hook, `store.unavailable`. A certificate that is not accepted is in the verdict.
    pub async fn verify_certificate(&self, input: VerifyCertificate) -> Result<CertificateVerdict, Fault> {
        methods::verify_certificate(self, input).await
    }

    /// Asks the bank what a method needs.
    ///
    /// # Errors
    /// Those of the hook.
    pub async fn init_method(&self, input: InitMethod) -> Result<MethodReply, Fault> {
        methods::init_method(self, input).await
    }

    /// Opens an operation of this name, if the bank does that for such an application.
    ///
    /// # Errors
    /// `operation.refused`, or those of the hook.
    pub async fn open_operation(
        &self,
        operation: &'static str,
        input: OpenOperation,
    ) -> Result<OpenedOperation, Fault> {
        methods::open_operation(self, operation, input).await
    }

    /// Asks the bank how an operation is shown elsewhere; as it is, if the bank says nothing.
    ///
    /// # Errors
    /// Those of the hook; a form that is none is `hook.failed`.
    pub async fn map_operation<F: Form>(&self, input: MapOperation<F>) -> Result<Mapped<F>, Fault> {
        methods::map_operation(self, input).await
    }

    /// Asks the bank what a step needs. Whatever is waived stands in the audit.
    ///
    /// # Errors
    /// Those of the hook, `store.unavailable`.
    pub async fn assess_risk(&self, input: AssessRisk, request: &impl Payload) -> Result<Risk, Fault> {
        methods::assess_risk(self, input, request).await
    }

    /// Lists the questions of a user, or of the issuer if no user is named.
    ///
    /// # Errors
    /// `store.unavailable`.
    pub async fn list_questions(&self, input: ListQuestions) -> Result<Questions, Fault> {
        questions::list_questions(self, input).await
    }

    /// Puts new answers in place of all that are known of a user.
    ///
    /// # Errors
    /// `questions.disabled`; `answers.count`, if there are more or fewer than are wanted; `question.unknown`, if a
    /// question is not in the pool or comes twice, or a required one is missing; `input.invalid`, if an answer is
    /// empty or too long; `overloaded`, `store.unavailable`.
    pub async fn replace_answers(&self, input: ReplaceAnswers) -> Result<(), Fault> {
        questions::replace_answers(self, input).await
    }

    /// Asks as many of the user's questions as are wanted, the required ones first; from now on the code waits for
    /// their answers. Without questions, or for a user who has answered none, the code is done.
    ///
    /// # Errors
    /// `store.unavailable`.
    pub async fn ask_questions(&self, input: AskQuestions) -> Result<AskedQuestions, Fault> {
        questions::ask_questions(self, input).await
    }

    /// Checks the answers that a code waits for: exactly those that were asked for.
    ///
    /// # Errors
    /// `otp.none_pending`; `answers.count`, if there are more or fewer than were asked for, which is no attempt;
    /// `overloaded`, `store.unavailable`. Whatever is wrong with the answers is in the verdict.
    pub async fn verify_asked_answers<C: OneTimeCode>(
        &self,
        input: VerifyAskedAnswers<C>,
    ) -> Result<Verdict<()>, Fault> {
        questions::verify_asked_answers(self, input).await
    }

    /// Checks answers of a user.
    ///
    /// # Errors
    /// `store.unavailable`, `overloaded`. Whatever is wrong with the answers is in the verdict.
    pub async fn verify_answers(&self, input: VerifyAnswers) -> Result<Verdict<()>, Fault> {
        questions::verify_answers(self, input).await
    }

    /// Compares two amounts with the deposits that were made to an account of the user. An account without deposits
    /// passes, since the bank asks for none.
    ///
    /// # Errors
    /// `payment_account.unknown`, `store.unavailable`. Wrong amounts are in the verdict.
    pub async fn verify_deposits(&self, input: VerifyDeposits) -> Result<Verdict<VerifiedDeposits>, Fault> {
        deposits::verify_deposits(self, input).await
    }

    /// Finds a row. A key that is not there is found nowhere.
    ///
    /// # Errors
    /// The table's own fault, such as `apps.unknown`.
    pub async fn find_row<R: Row, const N: usize>(
        &self,
        table: &Table<R>,
        key: [Option<String>; N],
    ) -> Result<R, Fault> {
        tables::find_row(table, key)
    }

    /// As [`Core::find_row`], in a table that need not restrict anything: one without rows, or a key that is not
    /// there, passes with nothing.
    ///
    /// # Errors
    /// The table's own fault, such as `app_nationalities.unknown`.
    pub async fn find_row_if_any<R: Row, const N: usize>(
        &self,
        table: &Table<R>,
        key: [Option<String>; N],
    ) -> Result<Option<R>, Fault> {
        tables::find_row_if_any(table, key)
    }

    /// Opens a session.
    ///
    /// # Errors
    /// `store.unavailable`; `unexpected` for a session of nobody.
    pub async fn open_session<S: Session>(&self, input: OpenSession<S>) -> Result<OpenedSession, Fault> {
        sessions::open_session(self, input).await
    }

    /// Records that a document was accepted, with the day of the version that was shown then.
    ///
    /// # Errors
    /// `input.invalid` if one of the two is not there, `store.unavailable`.
    pub async fn accept_document(&self, input: AcceptDocument) -> Result<(), Fault> {
        documents::accept_document(self, input).await
    }

    /// Refuses a phone that has a wallet in this app, or whose owner the bank knows. The hook gets the app as the
    /// fact `app.id`.
    ///
    /// # Errors
    /// `user.exists`, `input.invalid` for what is no phone, and those of the hook and the store.
    pub async fn require_new_user(&self, input: RequireNewUser) -> Result<(), Fault> {
        wallets::require_new_user(self, input).await
    }

    /// Makes a wallet with one account. Of several that are made for one phone and app at once, one is.
    ///
    /// # Errors
    /// `wallet.exists`, `input.invalid` for what is no phone, `store.unavailable`.
    pub async fn create_wallet(&self, input: CreateWallet) -> Result<Wallet, Fault> {
        wallets::create_wallet(self, input).await
    }

    /// Stores the password of a wallet as an Argon2id hash of what was given, keyed with the current pepper.
    ///
    /// # Errors
    /// `wallet.unknown`, `input.invalid` for a password that is too long, `overloaded`, `store.unavailable`.
    pub async fn set_password(&self, input: SetPassword) -> Result<(), Fault> {
        wallets::set_password(self, input).await
    }
}
