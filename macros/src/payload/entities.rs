//! The things of the runtime that a payload can be made from or become: their meanings' word and their fields. A test
//! keeps the table in step with the runtime.

/// A thing.
pub struct Entity {
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

const PLAIN: Entity = Entity { name: "", word: "", fields: &[], list: None, others: None };

/// All of them.
pub const ENTITIES: &[Entity] = &[
    Entity {
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
    Entity { name: "Organization", word: "organization", fields: &["id", "name"], ..PLAIN },
    Entity {
        name: "Operation",
        word: "operation",
        fields: &["id", "name", "data", "amount", "currency", "account", "expires"],
        ..PLAIN
    },
    Entity {
        name: "BankAccount",
        word: "bank_account",
        fields: &["id", "number", "name", "balance", "currency", "usable", "unusable_reason"],
        ..PLAIN
    },
    Entity {
        name: "AccountChoice",
        word: "account_choice",
        fields: &["id", "accounts", "enabled", "default"],
        list: Some("accounts"),
        ..PLAIN
    },
    Entity { name: "FieldConfig", word: "field_config", fields: &["id", "enabled", "default"], ..PLAIN },
    Entity { name: "ConsentOption", word: "option", fields: &["id", "html", "required", "default", "value"], ..PLAIN },
    Entity { name: "OptionResult", word: "option_result", fields: &["id", "passed", "error_text"], ..PLAIN },
    Entity { name: "Question", word: "question", fields: &["id", "text", "required"], ..PLAIN },
    Entity { name: "GivenAnswer", word: "answer", fields: &["question_id", "question_text", "value"], ..PLAIN },
    Entity {
        name: "Wallet",
        word: "wallet",
        fields: &["id", "kyc_level", "kyc_status", "accounts"],
        list: Some("accounts"),
        ..PLAIN
    },
    Entity { name: "WalletAccount", word: "wallet_account", fields: &["id", "state", "currency", "balance"], ..PLAIN },
    Entity { name: "Application", word: "application", fields: &["id", "name", "description", "scopes"], ..PLAIN },
    Entity {
        name: "Risk",
        word: "risk",
        fields: &["applied", "label", "otp_required", "password_required", "extras"],
        ..PLAIN
    },
    Entity { name: "Message", word: "message", fields: &["header"], ..PLAIN },
    Entity {
        name: "Refusal",
        word: "error",
        fields: &[
            "code",
            "status",
            "key",
            "text",
            "codes",
            "violations",
            "violation_field",
            "violation_rule",
            "violation_message_key",
            "violation_message",
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
pub fn entity(name: &str) -> Option<&'static Entity> {
    ENTITIES.iter().find(|entity| entity.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields of a struct in the runtime's source.
    fn fields_of(name: &str) -> Vec<String> {
        let sources = [include_str!("../../../runtime/src/entities.rs"), include_str!("../../../runtime/src/fault.rs")];
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
        for entity in ENTITIES {
            let mut ours: Vec<_> = entity.fields.iter().map(ToString::to_string).collect();
            ours.extend(entity.others.iter().map(|others| others.field.to_owned()));
            let mut theirs = fields_of(entity.name);
            ours.sort();
            theirs.sort();
            assert_eq!(ours, theirs, "{}", entity.name);
        }
    }
}
