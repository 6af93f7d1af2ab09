//! Every mistake that can be reported: its id, what it is, how much it weighs, and a longer text for
//! `countersign explain <id>`. Each has a fixture under `generator/tests/mistakes`.

use super::Level;

/// A row.
#[derive(Debug)]
pub struct Code {
    /// Kebab case.
    pub id: &'static str,
    /// One line.
    pub what: &'static str,
    /// A paragraph.
    pub long: &'static str,
}

/// The row of an id.
pub fn find(id: &str) -> Option<&'static Code> {
    ALL.iter().find(|code| code.id == id)
}

/// Ids of what is reported and stops nothing: what was written has no effect, and may have none for now.
const WARNINGS: [&str; 7] =
    ["country-as-language", "doubled-value", "hardly-usable", "old-name", "similar-key", "similar-route", "unused"];

/// How much a mistake of this id weighs.
pub fn level(id: &str) -> Level {
    if WARNINGS.contains(&id) { Level::Warning } else { Level::Error }
}

/// All of them, by name.
pub const ALL: &[Code] = &[
    Code {
        id: "absent-value",
        what: "a text shows a value that may not be there",
        long: "Every text is filled in when a definition is checked, with all that it gets at run time and without each value that \
               may be absent: a field of the request that is `optional`, a quality that a user may lack, what only some errors \
               carry. A text that shows such a value would fail when it is absent. Ask for it: \
               `{% if user.given_name %}Dear {{ user.given_name }}{% else %}Dear client{% endif %}`, or say what stands in its \
               place: `{{ user.given_name | default(\"client\") }}`. What an operation `needs` is there in its texts.",
    },
    Code {
        id: "anchor",
        what: "an anchor or an alias stands in the file",
        long: "Anchors and aliases make a file that reads short and means something long: a few lines can stand for gigabytes. \
               A definition has none. Where payloads share fields, put the fields into a payload of their own and include it \
               with `+: Name`; where two operations are alike, say `like`.",
    },
    Code {
        id: "bad-envelope",
        what: "an envelope has no hole, or more than one",
        long: "An envelope is what stands around every body: constants and one field that is `Body`, or any fields and \
               `+: Body`, which puts the body's fields beside them. Where endpoints have envelopes of their own, all have \
               `+: Body`. A failure needs no hole: it is filled from the error that is answered, by fields such as \
               `error.code` and `error.key`.",
    },
    Code {
        id: "bad-name",
        what: "a name is written in a way that it cannot be used",
        long: "Each kind of name has its form: adapters `examplebank-data-adapter`, endpoints and kinds of codes `verify_sms`, \
               payloads `SignInRequest`, meanings and faults `card.number`. What becomes a Rust identifier begins with a \
               letter and has at most 63 letters, digits and underscores.",
    },
    Code {
        id: "bad-place",
        what: "a field is said to stand where it cannot",
        long: "`in: header` and `in: query` are for single values and lists of them, in the request or the answer itself, or in \
               the envelope: what is part of a body stands in the body. An answer has headers and no query. What stands in \
               the path is a name in the braces of the route. `when` asks for a field of the body. Headers that the protocol has, or that say who calls, are read \
               and written by the adapter itself.",
    },
    Code {
        id: "bad-route",
        what: "a route is no method and path, or names a field that is not there",
        long: "A route is one of GET, POST, PUT, PATCH, DELETE, a blank, and a path that begins with `/`. Segments are letters, \
               digits, `-`, `_`, `.` and `~`. A GET and a DELETE have no body, so the fields of their requests stand in the path, in \
               headers or in the query. `base` is a prefix for all \
               routes; it begins with `/` and does not end with it.",
    },
    Code {
        id: "bad-template",
        what: "a text is no template",
        long: "Texts are minijinja templates whose variables are meanings: `{{ operation.amount }}`. This one cannot be parsed, \
               or does with a value what cannot be done, such as rounding a name: so nobody could be sent it. A text that really holds two braces writes them as `{{ \"{{\" }}`.",
    },
    Code {
        id: "bare-word",
        what: "a bare `yes`, `no`, `on` or `off` stands in the file",
        long: "YAML 1.1 reads these words as booleans, YAML 1.2 as texts; the country code of Norway has become `false` in many \
               files. To be read alike by every tool they stand in quotes. A boolean is `true` or `false`.",
    },
    Code {
        id: "below-floor",
        what: "a kind of code is weaker than codes may be",
        long: "A code of digits has 6 to 9 of them, lives at most 10 minutes and may be tried at most 5 times: then a guesser \
               with all attempts has one chance in 200,000 at most. A code of letters and digits (`alphabet: base32`) has 10 to 32 \
               characters and may live a day; one that is found by itself (`id: code`) is always of that sort. \
               Settings may change all three within bounds.",
    },
    Code {
        id: "broken-proof",
        what: "the program found nothing wrong with a definition, and cannot make its model",
        long: "Whatever a definition leaves open is told before its model is made. That something is missing all the same is a \
               mistake of the program, and no definition can make it; please report it with the definition.",
    },
    Code {
        id: "broken-vocabulary",
        what: "this program's own words cannot be read",
        long: "The files in `generator/vocabulary` do not fit the program that they are built into. This is a mistake of \
               countersign and not of the definition: please report it.",
    },
    Code {
        id: "callers-fault",
        what: "a caller's mistake would be answered as one of the server",
        long: "A path that is not there (`route.unknown`) and a wrong method (`method.wrong`) are the caller's fault, and HTTP has 404 and \
               405 for them. A row that answers them with a status of 5xx makes monitoring call the adapter broken, and callers \
               try again. If the API that is kept says so, the row says why: `because: <reason>`.",
    },
    Code {
        id: "column-type",
        what: "a table cannot hold what a column means",
        long: "The rows of a table stand in the settings. A key is made of texts, which are compared letter by letter. A \
               column holds a text, a number, true or false, a date, a time, a phone, or a list of these; secrets are never \
               written into the settings, and what a form or a document is belongs to the behaviours.",
    },
    Code {
        id: "conflict-marker",
        what: "a conflict of version control stands in the file",
        long: "Two versions of these lines were merged and somebody has to choose. Keep what is right, and take the lines with `<<<<<<<`, \
               `=======` and `>>>>>>>` out.",
    },
    Code {
        id: "country-as-language",
        what: "the code of a country stands where a language is named",
        long: "Texts are chosen by the language that a caller asks for, in codes of ISO 639: Czech is `cs`, Danish `da`, Greek `el`, \
               Ukrainian `uk`. Texts under the code of the country, such as `cz`, are found by nobody who asks for the language. \
               A region may stand behind the language: `de-AT`.",
    },
    Code {
        id: "doubled-value",
        what: "a member of an enum that is never sent",
        long: "Two members of the enum show the same value, and the first one is what is sent. The second is read where the enum stands \
               in a request, and otherwise does nothing. A tailoring that means to rename a member takes the old one out: \
               `OLD: null`.",
    },
    Code {
        id: "duplicate-key",
        what: "a key stands twice in one map",
        long: "YAML would keep one of the two and say nothing. A definition's folder is one document, so a top-level key may \
               also stand in one of its files only; to spread payloads over files is not possible, to change those of another \
               definition `extends` is there.",
    },
    Code {
        id: "empty",
        what: "something is declared and holds nothing",
        long: "A union without variants, an enum without members or a definition without endpoints can never be used. Add what \
               is missing, or take it out: `Name: null` removes what an extended definition has.",
    },
    Code {
        id: "extends-itself",
        what: "definitions extend each other in a circle",
        long: "A definition is laid over the one that it extends, which may extend another in turn. Somewhere this chain must \
               end with one that stands alone.",
    },
    Code {
        id: "field-twice",
        what: "a payload has a field twice, or two fields of one name on the wire",
        long: "The same field comes from two includes, or from an include and the payload itself. An included field cannot be \
               changed where it is included; leave the include out and write the fields, or change the included payload. A name \
               under `also` counts like the field's own. Headers, and under `field_names: any_case` members of bodies, are one if \
               they differ in capital letters alone.",
    },
    Code {
        id: "file-not-read",
        what: "a file beside the definition that nothing reads",
        long: "A definition is made of `adapter.yaml`, `payloads.yaml`, `errors.yaml`, `messages/<language>.yaml` and `examples/<name>.yaml`. \
               This file is called almost like one of them and would be passed over.",
    },
    Code {
        id: "given-twice",
        what: "two behaviours of an endpoint give the same value",
        long: "The later one would silently replace what the earlier one gave: a code that keeps the document a user accepted, \
               and a table that gives the current one, for example. Let the first keep it (drop the second behaviour, or let \
               the code not keep it).",
    },
    Code {
        id: "half-reported",
        what: "refusals of one behaviour go two ways",
        long: "A behaviour that checks something may refuse for several reasons. Either a field of the response shows the \
               outcome and the answer is a success, or errors answer all the refusals. If some were shown and some answered, a \
               caller could not tell from the response alone that a check failed.",
    },
    Code {
        id: "hardly-usable",
        what: "a number is allowed, and people can hardly use what comes of it",
        long: "A message takes some seconds to come, and a code is read and typed in: a code that lives less than 30 seconds mostly \
               expires before. A token (`id: token`) that is known for a shorter time than its code lives makes right codes \
               fail. Both are served as they are written; mostly the unit is a slip, as in `life: 5s` for `5m`.",
    },
    Code {
        id: "hook-type",
        what: "a behaviour of your own takes or gives something that is no single value",
        long: "Hooks that a definition declares take and give plain values: texts, secrets, numbers, booleans, dates, times, \
               phones. Forms, lists and documents belong to the shipped behaviours. A method override in Rust has the whole \
               request.",
    },
    Code {
        id: "impossible-rule",
        what: "a rule of a field can never hold",
        long: "Nothing is longer than `min` and shorter than `max` if the one is over the other, a length is no fraction, and \
               a boolean has no pattern. Every request would be refused. `min`, `max` and `above` look at texts (their \
               length), lists (their size) and numbers, `pattern` and `one_of` at texts, `scale` at numbers, `latest` at \
               times, `min_age` at dates.",
    },
    Code {
        id: "incomplete-enum",
        what: "an enum cannot show a value that its meaning can have",
        long: "The field means something with a closed set of values, and is shown as an enum that lacks one of them. On the \
               day the value occurs there would be nothing to send. Add a member for it.",
    },
    Code {
        id: "key-not-text",
        what: "a key is no text",
        long: "Every key of a definition is a text. YAML reads a bare `200`, `true` or `null` as something else; put it in \
               quotes.",
    },
    Code {
        id: "lost-binding",
        what: "a tailoring takes a value away from a check",
        long: "The definition that is extended gives a checking behaviour this value, so that a code is good for one user, one \
               operation, one amount. A tailoring that drops the meaning would weaken the check without a word about it. If the \
               bank's API really has no such value, write the endpoint's method in Rust, where everybody can see it.",
    },
    Code {
        id: "meant-twice",
        what: "two fields of a request mean the same",
        long: "A behaviour takes a value by its meaning; if two fields have it, it is not clear which one is checked and which \
               one is used, and an attacker fills in both. Take the meaning from one field, or declare a meaning of your own \
               for it under `meanings:`.",
    },
    Code {
        id: "merge-key",
        what: "a YAML merge key stands in the file",
        long: "`<<` is read by some tools and ignored by others. Include fields with `+: Name`, change another definition with \
               `extends`.",
    },
    Code {
        id: "missing-blank",
        what: "a blank is missing after a colon",
        long: "YAML reads `key:value` as one text. A key, a colon, a blank and the value make an entry.",
    },
    Code {
        id: "missing-column",
        what: "an error row lacks what failures show",
        long: "Every row has a status. If the payload of a failure shows further columns (`error.vendor_code`), each row has \
               them, or `every_error` has them for all.",
    },
    Code {
        id: "missing-extends",
        what: "a definition has no `extends`, and little of what one that stands alone has",
        long: "A bank's definition begins with `extends: <definition>` and says what differs. Without that line it stands alone, and has \
               a `version`, `callers` and an `envelope` of its own.",
    },
    Code {
        id: "missing-file",
        what: "a folder has no `adapter.yaml`",
        long: "A definition is a folder with an `adapter.yaml`, and if it likes `payloads.yaml`, `errors.yaml`, \
               `messages/<language>.yaml` and `examples/*.yaml` beside it.",
    },
    Code {
        id: "missing-key",
        what: "something that must be said is not",
        long: "A definition has `adapter`, `title`, `version` and `callers`; an endpoint has a `route`; a kind of code has \
               `digits` and `life`. A tailoring inherits them from the definition that it extends.",
    },
    Code {
        id: "missing-text",
        what: "a text would be shown and is not there",
        long: "Each text that can be shown (SMS, consent, error messages with `error.text`, reasons that `validate_consent` \
               tells) stands in `messages/<language>.yaml` of the default language. Other languages may be partial and fall \
               back to it.",
    },
    Code {
        id: "misspelt",
        what: "a name that is almost one that is there",
        long: "Nothing uses what stands here under a new name, and there is one that differs in a letter or two. What was meant to \
               change stays as it was. Write the name as it is there; if something new is meant, let something use it.",
    },
    Code {
        id: "name-clash",
        what: "two names become the same in Rust, or two members of an enum on the wire",
        long: "Wire names become Rust names by their words: `userId`, `user_id` and `UserID` are all `user_id`. Types clash \
               with each other, with the error enums of endpoints (`VerifySmsError`), the codes (`SmsOtp`), variants of unions, \
               what behaviours of your own are given and give, and a few types that every generated file uses. Rename one; the \
               wire name of a field can stay, its payload's name is free. Members of an enum clash by their numbers, too, and \
               under `enum_names: any_case` by names that differ in capital letters alone: what is read would always be the first.",
    },
    Code {
        id: "needless-without",
        what: "`without` names a value that is bound, or that nothing expects",
        long: "`without` says that an API has no value that a behaviour would check or restrict by. If there is such a value, \
               or nothing would use it, the line is no longer true and hides the next mistake. Take it out.",
    },
    Code {
        id: "no-content",
        what: "an answer whose status has no content has a payload",
        long: "By HTTP a 204, a 205 and a 304 end with their headers: whatever the payload holds, no caller would see it. An endpoint \
               with `success: 204` has no response payload, and what an envelope lays around answers is left out there. An \
               error always answers something, so it has another status.",
    },
    Code {
        id: "no-operation",
        what: "a behaviour is about an operation, and there are none",
        long: "Consents are made, checked and stored for an operation, which is named by the request and declared under \
               `operations:`. Where none is declared no name is known, and every request would fail.",
    },
    Code {
        id: "no-recipient",
        what: "a code is sent again, and nobody knows to whom",
        long: "What sends a code again sends it to the phone that the request says or that the code keeps, else to the phone of the \
               user that the code was made for. A code that was made for a phone alone has no user, so its kind keeps the phone \
               (`keeps: [user.phone]`), binds it, or the request says it once more. Otherwise every such request would be refused.",
    },
    Code {
        id: "no-type",
        what: "a field says neither what it means nor what type it has",
        long: "A field has a meaning (`is: user.id`), whose type it then has, or a type (`as: text`), or a constant.",
    },
    Code {
        id: "not-utf8",
        what: "a file is no UTF-8 text",
        long: "Definitions are UTF-8. Save the file in that encoding; Czech and other texts are welcome as they are.",
    },
    Code {
        id: "not-yet",
        what: "a part of the language that this version does not serve",
        long: "The key is part of the definition language, and this version would ignore it. It rather refuses it: a definition \
               never means less than it says.",
    },
    Code {
        id: "nothing-removed",
        what: "a tailoring removes what is not there",
        long: "`null` takes something away that the extended definition has. Here there is nothing of this name, so the line \
               does nothing: most often the name is mistyped, or the extended definition has changed.",
    },
    Code {
        id: "null-not-written",
        what: "a key with nothing behind it that takes something away, or seems to",
        long: "`null` removes what the extended definition has. An empty key means the same to YAML, and is mostly a line that was not \
               finished, or whose lines below were commented out. Write `null` to remove it, or take the key out. An empty list of \
               names is laid over the names that are extended, and takes none of them away: that is `null`, too.",
    },
    Code {
        id: "odd-blank",
        what: "a blank that is none to YAML",
        long: "The character looks like a blank and is another one, such as the no-break blank (U+00A0) that comes with text pasted \
               from a web page or typed with the option key. To YAML it is a letter. Write a plain blank.",
    },
    Code {
        id: "old-name",
        what: "a word of the language has another name now",
        long: "The word does what it did, and has a new name. It is read for one version and refused by the next, so that a \
               definition can be changed at a quiet time. `keep` of a kind of code is `id_life` (how long the id is known), and \
               `unknown: keep` of a payload or a union is `unknown: echo` (what is not known is sent back as it came); `keeps` of a \
               kind of code has its name still.",
    },
    Code {
        id: "payload-cycle",
        what: "a payload contains itself",
        long: "A payload that contains itself, directly or through others, describes a body without end. Use `json` for trees \
               of any depth.",
    },
    Code {
        id: "route-taken-twice",
        what: "two endpoints have the same route, perhaps behind `base`",
        long: "A request can go to one endpoint only. Give one of them another path, or make them one endpoint.",
    },
    Code {
        id: "rule-without-key",
        what: "a rule would be broken without a word",
        long: "Failures of this definition list violations by message key, and this rule has none. Say `says: { max: <key> }` \
               at the field, or a default under `validation.says`.",
    },
    Code {
        id: "rust-keyword",
        what: "a name is a word that Rust keeps for itself",
        long: "Endpoints become methods and behaviours become hooks, and those cannot be called `type` or `move`. Wire fields \
               may be: they are renamed in Rust alone.",
    },
    Code {
        id: "secret-written-out",
        what: "a secret stands in the definition",
        long: "Definitions are compiled into the program and lie in repositories. The default of a secret setting is empty; the \
               settings file of the running adapter names a file or an environment variable that holds it.",
    },
    Code {
        id: "shipped-behaviour",
        what: "a shipped behaviour is declared again with other inputs or outputs",
        long: "What a shipped behaviour takes and gives is fixed by the runtime. Declared again it may get further `fails`, for \
               refusals that the bank's hook knows. For anything else, take another name: then it is a hook that you write.",
    },
    Code {
        id: "shipped-meaning",
        what: "a shipped meaning is declared again",
        long: "The runtime knows what this meaning is. Under `meanings:` stand words of your own only; they reach the hooks as \
               facts.",
    },
    Code {
        id: "similar-key",
        what: "a message key that is almost another one",
        long: "Message keys may be any; those whom the answer goes to look them up. This one is new, and a part of it differs by one letter \
               from that of another key. If it has a slip in it, no text is found for it.",
    },
    Code {
        id: "similar-route",
        what: "two routes that differ only in capital letters",
        long: "Paths are compared letter by letter, so these are two. Whoever writes the wrong one reaches another endpoint than was \
               meant, or none.",
    },
    Code {
        id: "sms-too-long",
        what: "a text can be longer than an SMS",
        long: "A text goes out as two messages at most: 306 characters of the 7-bit alphabet, or 134 if it has others such as \
               `ě`. Counted are the text and the longest values that its variables can have. Shorten it, or write it without \
               the letters that cost so much.",
    },
    Code {
        id: "syntax",
        what: "the file is no YAML",
        long: "The text could not be parsed, or two readers of YAML understand it differently. Most often a quote is not \
               closed, an indentation is wrong, or a text begins with a character that means something (`*`, `&`, `%`, `@`).",
    },
    Code {
        id: "tag",
        what: "a YAML tag stands in the file",
        long: "Tags such as `!!str` or `!include` change what a value is. Every key of a definition knows its type, so there is \
               nothing to change; a text that looks like a number stands in quotes.",
    },
    Code {
        id: "tag-not-allowed",
        what: "a consent text has a tag that consents may not have",
        long: "Consents are shown as HTML inside somebody else's page. They may have simple tags without attributes; scripts, \
               links, images and styles could change what a user believes to consent to. Values are escaped anyway.",
    },
    Code {
        id: "text-lacks-value",
        what: "an SMS does not show the code, or what the code is for, or not all of it",
        long: "The user reads in the SMS what the code authorizes. So it shows the code and every value that its operation \
               `needs`, in every language: without the amount, a user would confirm whatever a fraudster put into the form. \
               It shows all of each value, whatever the values are: `first`, `int` or `replace` may leave something out, and so \
               may an `{% if %}` that looks at another value. Capital letters, blanks and the comma of an amount are up to the \
               text.",
    },
    Code {
        id: "too-deep",
        what: "maps and lists stand too deep in each other",
        long: "No key of a definition lies deeper than a dozen levels; 32 are read. Deeper files are refused before they cost \
               memory.",
    },
    Code {
        id: "too-large",
        what: "a file is larger than files may be",
        long: "A file has at most 1 MiB and 100,000 keys and values. The largest shipped one has a few hundred lines.",
    },
    Code {
        id: "two-answers",
        what: "a fault has two answers",
        long: "Two of the errors that this endpoint declares are for the same fault. An exact name (`otp.wrong`) goes before a \
               family (`otp.*`); two exact ones, or two families, contradict each other.",
    },
    Code {
        id: "two-documents",
        what: "a file holds more than one YAML document",
        long: "`---` begins a second document in the same file. Make it a file of its own, or put its keys into the first.",
    },
    Code {
        id: "two-envelopes",
        what: "one route, or one payload, has two envelopes",
        long: "If a body fits none of the endpoints at a route, one of them must refuse it; so their failures look the same. \
               Give them the same envelope. And with `+: Body` a payload has the fields of its envelope: it cannot stand in \
               another one, or as a field of another payload. Give one of the endpoints a payload of its own.",
    },
    Code {
        id: "type-clash",
        what: "a field's type cannot carry its meaning",
        long: "The field means one entity and is written as another: a boolean cannot carry a user's number. Leave the type out \
               (a meaning has one of its own), or choose one that fits: an enum for a closed set of values, a payload for a \
               form.",
    },
    Code {
        id: "unanswered-fault",
        what: "something can go wrong and no error answers it",
        long: "Every fault that can occur at an endpoint has exactly one answer among the errors that it declares (its own, and \
               those of `every_endpoint`). This is proved when the definition is checked, so that no caller ever gets an answer \
               that the contract does not know.",
    },
    Code {
        id: "unbound-need",
        what: "a behaviour lacks a value that it cannot do without",
        long: "A behaviour gets its inputs by meaning: from an earlier behaviour of the endpoint, else from the request. Say \
               `is: <meaning>` on the field that holds the value.",
    },
    Code {
        id: "unbound-value",
        what: "a code binds a value that is not at hand",
        long: "What a kind of code `binds` is compared again when the code is checked: it must be at hand when the code is made \
               and when it is checked. What it `keeps` must be at hand when it is made.",
    },
    Code {
        id: "unexpected-gap",
        what: "a check would check less than it can",
        long: "The behaviour can bind or restrict by this value (the name that belongs to a user's number, the organization, \
               the operation, the amount), and no field of the request means it. Most often the annotation was forgotten: say \
               `is: <meaning>` on the field. If the API really has no such value, the endpoint says so: `without: [<meaning>]`.",
    },
    Code {
        id: "unfilled-field",
        what: "nothing gives what a field shows",
        long: "A field of a response gets its value by its meaning: from the last behaviour that gives it, else from the \
               request, else from the settings or the build. This one has none, and may not be null.",
    },
    Code {
        id: "unknown-behaviour",
        what: "nobody declares this behaviour",
        long: "`does` names behaviours: shipped ones such as `find_user` and `verify_otp`, or those under `behaviours:`, which \
               are hooks that the bank writes.",
    },
    Code {
        id: "unknown-definition",
        what: "nobody knows the definition that is extended",
        long: "`extends` names a built-in definition by its folder, or any other by its path, relative to the file's own folder \
               (`../common`).",
    },
    Code {
        id: "unknown-endpoint",
        what: "an example calls an endpoint that is not there",
        long: "Examples are run against the adapter, call by call. Examples of an endpoint that a tailoring removes go with it; \
               this one names an endpoint that never was there.",
    },
    Code {
        id: "unknown-error",
        what: "nobody declares this error",
        long: "`errors` of an endpoint names rows of the error table under the top-level `errors:`.",
    },
    Code {
        id: "unknown-fault",
        what: "nothing can go wrong in this way",
        long: "`for` and `says` name faults: those of the shipped behaviours, those of the edge (`body.malformed`, \
               `input.invalid`, ...), and those that behaviours of your own list under `fails`. A name that nothing raises is \
               most often a typing error, and the fault that was meant goes unanswered.",
    },
    Code {
        id: "unknown-field",
        what: "a rule or a condition names a field that is not there",
        long: "`at` names a field of the same payload, at which a broken rule is told; a condition of `is` names a field beside \
               the one that it stands on.",
    },
    Code {
        id: "unknown-filter",
        what: "a text does what texts cannot do",
        long: "Texts show values, ask for them (`{% if %}`, `{% elif %}`, `{% else %}`) and name them (`{% set %}`); they call, \
               include and repeat nothing. A value may go through a filter, as in `{{ user.given_name | upper }}`, and be asked \
               for by a test, as in `{% if otp.attempts_left is odd %}`; the help lists those that there are. What would put a \
               value of the request into HTML as it came (`safe`, `autoescape`) is not among them.",
    },
    Code {
        id: "unknown-key",
        what: "a key that the language does not have",
        long: "Unknown keys are refused, since a typing error would otherwise switch something off without a word.",
    },
    Code {
        id: "unknown-meaning",
        what: "nobody declares this meaning",
        long: "What a field means is one of the shipped words (`user.id`, `operation.amount`) or one of your own under \
               `meanings:`.",
    },
    Code {
        id: "unknown-operation",
        what: "an operation is like one that is not there",
        long: "`like` names an operation of the same definition that is written out itself; what is said beside it goes before.",
    },
    Code {
        id: "unknown-option",
        what: "a behaviour's option is missing, unknown or not needed",
        long: "`send_otp: sms` says which kind of code; with one kind it need not be said. A code that is sent has an \
               id; one that only an answer shows is found by itself (`id: code`). `notify: form_data_changed` says \
               which event. Other behaviours have no option.",
    },
    Code {
        id: "unknown-setting",
        what: "nobody declares this setting",
        long: "A field that means `settings.x` shows a setting; declare it with its default under `settings:`.",
    },
    Code {
        id: "unknown-type",
        what: "nobody declares this type",
        long: "A type is a payload, a union or an enum of the definition, or one of the primitives: text, secret, boolean, \
               integer, decimal, date, time, url, html, phone, email, code, digits, map, pairs, json, never.",
    },
    Code {
        id: "unknown-value",
        what: "a value that is not there",
        long: "A text shows a meaning that is not at hand where it is made, an example inserts a `$name` that nothing sets, an \
               enum member shows a value that the meaning does not have, or a default is no member of its enum.",
    },
    Code {
        id: "unquoted",
        what: "a text begins with a sign that means something to YAML",
        long: "A text that begins with `{`, `[`, `%`, `@`, `` ` ``, `&`, `*`, `!`, `|`, `>` or a quote, or that has `: ` or ` #` in it, stands in quotes: \
               `\"{{ otp.code }} is your code\"`.",
    },
    Code {
        id: "unshown-id",
        what: "a code is found by an id that nobody is shown",
        long: "A code of this kind is checked by its id and the code itself, and no endpoint that makes one answers `otp.id`: no \
               caller could ever pass. Show it with the answer that follows the making. A kind with `id: code` has no id and is \
               found by the code alone.",
    },
    Code {
        id: "unused",
        what: "something that nothing uses",
        long: "It is declared, and neither an endpoint nor anything that an endpoint reaches names it; or it is said of what never \
               happens there, such as a fault that nothing ends with. It is no mistake as long as something will; \
               `--deny-warnings` counts it as one. Take it out, or use it.",
    },
    Code {
        id: "wrong-example",
        what: "an example does not fit its payload, or its endpoint",
        long: "Examples are documentation and tests at once. This one has fields that the payload lacks, lacks fields that it \
               has, has values that could never be sent, or has an error that nothing in its endpoint ends with, since what \
               it `does` was taken away. Change the one that is wrong.",
    },
    Code {
        id: "wrong-kind",
        what: "a value is of the wrong kind",
        long: "A text, a number, a list or a map stands where another is meant. A text that looks like a number (a version, a \
               vendor's code) stands in quotes.",
    },
    Code {
        id: "wrong-value",
        what: "a value is none of those allowed",
        long: "The key takes one of a few words, a number within bounds, or a text of a certain form, such as `5m` for a length \
               of time.",
    },
];
