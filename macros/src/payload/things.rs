//! The things of the runtime that a payload can be made from or become: their meanings' word and their fields. A test
//! keeps the table in step with the runtime.

/// A thing.
pub struct Thing {
    /// Its type in the runtime.
    pub name: &'static str,
    /// The word that its meanings begin with.
    pub word: &'static str,
    /// Its fields.
    pub fields: &'static [&'static str],
    /// Its only list, if it has one.
    pub list: Option<&'static str>,
    /// The map in which further qualities are found, and how they are called there.
    pub others: Option<Others>,
}

/// Where qualities are that have no field.
pub struct Others {
    /// The field.
    pub field: &'static str,
    /// What stands before a quality in its key.
    pub prefix: &'static str,
}

const PLAIN: Thing = Thing { name: "", word: "", fields: &[], list: None, others: None };

/// All of them.
pub const THINGS: &[Thing] = &[
    Thing {
        name: "User",
        word: "user",
        fields: &[
            "id",
            "username",
            "given_name",
            "family_name",
            "organization",
            "phone",
            "registration_number",
            "password_hash",
            "locked",
            "status",
            "extras",
            "organizations",
            "devices",
            "payment_accounts",
            "answers",
        ],
        list: Some("organizations"),
        others: Some(Others { field: "facts", prefix: "user." }),
    },
    Thing { name: "Organization", word: "organization", fields: &["id", "name"], ..PLAIN },
    Thing {
        name: "Operation",
        word: "operation",
        fields: &["id", "name", "data", "amount", "currency", "account", "expires"],
        ..PLAIN
    },
    Thing {
        name: "BankAccount",
        word: "bank_account",
        fields: &["id", "number", "name", "balance", "currency", "usable", "unusable_reason"],
        ..PLAIN
    },
    Thing {
        name: "AccountChoice",
        word: "account_choice",
        fields: &["id", "accounts", "enabled", "default"],
        list: Some("accounts"),
        ..PLAIN
    },
    Thing { name: "FieldConfig", word: "field_config", fields: &["id", "enabled", "default"], ..PLAIN },
    Thing { name: "ConsentOption", word: "option", fields: &["id", "html", "required", "default", "value"], ..PLAIN },
    Thing { name: "OptionResult", word: "option_result", fields: &["id", "passed", "error_text"], ..PLAIN },
    Thing { name: "Question", word: "question", fields: &["id", "text", "required"], ..PLAIN },
    Thing { name: "GivenAnswer", word: "answer", fields: &["question_id", "question_text", "value"], ..PLAIN },
    Thing {
        name: "Wallet",
        word: "wallet",
        fields: &["id", "kyc_level", "kyc_status", "accounts"],
        list: Some("accounts"),
        ..PLAIN
    },
    Thing { name: "WalletAccount", word: "wallet_account", fields: &["id", "state", "currency", "balance"], ..PLAIN },
    Thing { name: "Application", word: "application", fields: &["id", "name", "description", "scopes"], ..PLAIN },
    Thing {
        name: "Risk",
        word: "risk",
        fields: &["applied", "label", "otp_required", "password_required", "extras"],
        ..PLAIN
    },
    Thing { name: "Message", word: "message", fields: &["header"], ..PLAIN },
    Thing {
        name: "Refusal",
        word: "error",
        fields: &[
            "code",
            "status",
            "key",
            "text",
            "codes",
            "by_field",
            "attempts_left",
            "attempts",
            "id",
            "outcome",
            "method",
            "header",
        ],
        list: None,
        others: Some(Others { field: "columns", prefix: "" }),
    },
];

/// The thing of this name.
pub fn thing(name: &str) -> Option<&'static Thing> {
    THINGS.iter().find(|thing| thing.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields of a struct in the runtime's source.
    fn fields_of(name: &str) -> Vec<String> {
        let sources = [include_str!("../../../runtime/src/things.rs"), include_str!("../../../runtime/src/fault.rs")];
        let items = sources.iter().flat_map(|source| syn::parse_file(source).unwrap().items);
        let found = items.filter_map(|item| match item {
            syn::Item::Struct(item) if item.ident == name => Some(item),
            _ => None,
        });
        let fields = found.flat_map(|item| item.fields.into_iter().filter_map(|field| field.ident));
        fields.map(|ident| ident.to_string()).collect()
    }

    #[test]
    fn the_table_names_the_fields_that_the_runtime_has() {
        for thing in THINGS {
            let mut ours: Vec<_> = thing.fields.iter().map(ToString::to_string).collect();
            ours.extend(thing.others.iter().map(|others| others.field.to_owned()));
            let mut theirs = fields_of(thing.name);
            ours.sort();
            theirs.sort();
            assert_eq!(ours, theirs, "{}", thing.name);
        }
    }
}
