//! Behaviours alone, in pairs and in rows.

use crate::writer::{Open, Writer};

/// One behaviour, with everything that it needs.
pub fn alone(writer: &mut Writer<'_>, name: &str, shows: bool) {
    writer.about(format!("{} {name}", if shows { "shown" } else { "raised" }));
    if !operations(writer, &[name]) {
        return;
    }
    let mut open = Open { shows, ..writer.open() };
    writer.step(&mut open, name);
    writer.close(open);
}

/// One behaviour, and another that may use what it gives.
pub fn pair(writer: &mut Writer<'_>, first: &str, second: &str) {
    writer.about("pair of behaviours");
    if !operations(writer, &[first, second]) {
        return;
    }
    let shows = writer.tape.one_in(4);
    let mut open = Open { shows, ..writer.open() };
    let before = writer.draft.features.clone();
    writer.step(&mut open, first);
    let again = gives_again(writer, &open, second);
    writer.step(&mut open, second);
    // That what is given twice is refused says nothing of who gives it.
    if again {
        writer.draft.features.retain(|feature| !feature.starts_with("behaviour ") || before.contains(feature));
    }
    writer.close(open);
}

/// Two to four behaviours.
pub fn row(writer: &mut Writer<'_>) {
    writer.about("row of behaviours");
    let names: Vec<String> = writer.words.behaviours.names().map(str::to_owned).collect();
    let with_operations = operations(writer, &["create_consent"]);
    let mut open = writer.open();
    for _ in 0..2 + writer.tape.below(3) {
        let Some(name) = writer
            .tape
            .pick(&names)
            .filter(|name| !gives_again(writer, &open, name) && (with_operations || !is_about_one(writer, name)))
            .cloned()
        else {
            continue;
        };
        writer.step(&mut open, &name);
    }
    writer.close(open);
}

/// A later behaviour may not give what an earlier one gave, unless it gives a whole thing.
fn gives_again(writer: &Writer<'_>, open: &Open, name: &str) -> bool {
    let repeats = open.does.iter().any(|done| done.split(':').next() == Some(name));
    let gives = writer.words.behaviours.get(name).map(|behaviour| behaviour.gives.as_slice()).unwrap_or_default();
    repeats || gives.iter().any(|word| open.given.contains(word))
}

/// True for what is asked for an operation by its name.
fn is_about_one(writer: &Writer<'_>, name: &str) -> bool {
    let has = |words: &[String], word: &str| words.iter().any(|one| one == word);
    let behaviour = writer.words.behaviours.get(name);
    behaviour.is_some_and(|is| has(&is.needs, "operation.name") && has(&is.fails, "operation.unknown"))
}

/// Sometimes there are operations, and always where one of these behaviours is about one. What endpoints expect depends on
/// it, so it stands before all of them; false if it is too late for that.
fn operations(writer: &mut Writer<'_>, names: &[&str]) -> bool {
    let must = names.iter().any(|name| is_about_one(writer, name));
    if writer.draft.has("operations", "pay") || !writer.draft.endpoints.is_empty() {
        return !must || writer.draft.has("operations", "pay");
    }
    if !must && !writer.tape.one_in(3) {
        return true;
    }
    writer.about("operations");
    let needs = writer.tape.pick(&["", "needs: [operation.amount, operation.currency], "]).copied().unwrap_or_default();
    let consent = "consent: { html: pay.consent, options: { AGREE: { html: pay.agree, required: true } } }";
    writer.draft.line("operations", "pay", format!("{{ {needs}sms: pay.text, accounts: accounts.choice, {consent} }}"));
    let text = if needs.is_empty() {
        "Pay: {{ otp.code }}"
    } else {
        "{{ otp.code }} {{ operation.amount }} {{ operation.currency }}"
    };
    writer.draft.line("texts", "pay.text", format!("{text:?}"));
    writer.draft.line("texts", "pay.consent", "I pay.");
    writer.draft.line("texts", "pay.agree", "I agree.");
    true
}
