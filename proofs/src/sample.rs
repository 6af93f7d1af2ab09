//! What a written bank answers: one user for every look-up, and samples for hooks of one's own.

use countersign_runtime::{
    BankAccount, Date, Decimal, HookError, KnownDevice, Lookup, Map, Pairs, PaymentAccount, Phone, Secret, Time, User,
    UserKey,
};

/// A user who is known by whatever they are asked for.
///
/// # Errors
/// Never.
pub fn user(lookup: &Lookup) -> Result<Option<User>, HookError> {
    let id = match &lookup.key {
        UserKey::Id(id) => id.clone(),
        _ => "asked user.id".to_owned(),
    };
    let name = |text: &str| Some(text.to_owned());
    Ok(Some(User {
        id,
        username: match &lookup.key {
            UserKey::Username(name) => Some(name.clone()),
            _ => name("asked user.username"),
        },
        given_name: name("Ada"),
        family_name: name("King"),
        phone: Phone::parse("+420601234567"),
        registration_number: name("7"),
        devices: vec![KnownDevice { id: "asked device.id".to_owned(), app_ids: Vec::new() }],
        payment_accounts: vec![PaymentAccount {
            id: "asked payment_account.id".to_owned(),
            ..PaymentAccount::default()
        }],
        ..User::default()
    }))
}

/// The accounts of every user.
pub fn accounts() -> Vec<BankAccount> {
    vec![BankAccount { id: "1".to_owned(), number: "1/0300".to_owned(), usable: true, ..BankAccount::default() }]
}

/// What hooks of one's own give.
pub trait Sample {
    /// A value that is told by the name of its field.
    fn sample(name: &str) -> Self;
}

impl Sample for () {
    fn sample(_name: &str) -> Self {}
}

impl Sample for String {
    fn sample(name: &str) -> Self {
        format!("given text {name}")
    }
}

impl Sample for Secret<String> {
    fn sample(name: &str) -> Self {
        Secret::new(String::sample(name))
    }
}

impl Sample for bool {
    fn sample(_name: &str) -> Self {
        true
    }
}

impl Sample for i64 {
    fn sample(_name: &str) -> Self {
        17
    }
}

impl Sample for Decimal {
    fn sample(_name: &str) -> Self {
        Decimal::from(17)
    }
}

impl Sample for Time {
    fn sample(_name: &str) -> Self {
        Time::from_seconds(1_577_836_800)
    }
}

impl<T: Sample> Sample for Option<T> {
    fn sample(name: &str) -> Self {
        Some(T::sample(name))
    }
}

impl<T: Sample> Sample for Vec<T> {
    fn sample(name: &str) -> Self {
        vec![T::sample(name)]
    }
}

impl Sample for Map {
    fn sample(name: &str) -> Self {
        Map(vec![("a".to_owned(), Some(name.to_owned()))])
    }
}

impl Sample for Pairs {
    fn sample(name: &str) -> Self {
        Pairs(vec![("a".to_owned(), Some(name.to_owned()))])
    }
}

/// Types that have no value of their own are read from a text.
macro_rules! read_from {
    ($($ty:ty: $text:literal),*) => {
        $(impl Sample for $ty {
            #[allow(clippy::unreachable, reason = "the texts are good, which the compiler does not know")]
            fn sample(_name: &str) -> Self {
                <$ty>::parse($text).unwrap_or_else(|| unreachable!("{} is no value", $text))
            }
        })*
    };
}

read_from!(Date: "1980-01-01", Phone: "+420601234567");
