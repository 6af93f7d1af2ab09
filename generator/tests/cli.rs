//! The command line: what is printed, what is written, and the exit codes that scripts rely on.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may break")]

mod bench;

use std::fs;
use std::path::Path;
use std::process::Command;

use bench::{Bench, TINY, repository};

#[test]
fn the_examples_are_what_their_definitions_emit() {
    let folders = fs::read_dir(repository().join("examples/public-apis")).unwrap().map(|entry| entry.unwrap().path());
    let public: Vec<_> = folders.filter(|folder| folder.join("adapter.yaml").is_file()).collect();
    assert!(public.len() >= 3, "the public APIs are gone");
    let check = std::env::var_os("BLESS").is_none().then_some("--check");
    for folder in std::iter::once(None).chain(public.iter().map(|folder| folder.to_str())) {
        let arguments: Vec<&str> = ["generate"].into_iter().chain(folder).chain(check).collect();
        let run = Bench::run_in(&repository(), &arguments);
        assert_eq!(run.code, 0, "{run:?}\nrun `countersign {}`, and read what changed", arguments.join(" "));
    }
}

#[test]
fn a_good_definition_ends_with_0_and_a_wrong_one_with_1() {
    let bench = Bench::with(TINY);
    assert_eq!(bench.run(&["check"]).code, 0);
    assert_eq!(bench.run(&["check", "powerauth-data-adapter"]).code, 0);
    bench.put("adapter.yaml", &TINY.replace("find_user", "find_usr"));
    let run = bench.run(&["check"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("unknown-behaviour") && run.err.contains("find_user"), "{run:?}");
    assert_eq!(bench.run(&["generate"]).code, 1);
    assert!(!bench.path("src").exists());
}

#[test]
fn a_behaviour_does_not_contradict_itself() {
    let text = "extends: powerauth-data-adapter\npayloads: { VerifySmsRequest: { userId: null } }\n";
    let run = Bench::with(text).run(&["check"]);
    assert!(run.err.contains("unbound-value") && !run.err.contains("given-twice"), "{run:?}");
}

#[test]
fn a_mistake_can_be_told_to_programs() {
    let bench = Bench::with(&TINY.replace("find_user", "find_usr"));
    let run = bench.run(&["check", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(list[0]["id"], "unknown-behaviour");
    let run = bench.run(&["check", "--format", "sarif"]);
    let sarif: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((run.code, &sarif["version"]), (1, &serde_json::json!("2.1.0")));
}

#[test]
fn wrong_usage_ends_with_2() {
    let bench = Bench::empty();
    for arguments in [
        &["generate"][..],
        &["generate", "nowhere"],
        &["check", "nowhere"],
        &["explain", "nowhere"],
        &["generat"],
        &["new", "x"],
        &["new", "x", "--extends", "nothing-like-it"],
        &["new", "x", "--extends", "powerauth-data-adapter", "--runtime", "nonsense"],
        &["try", "nowhere"],
    ] {
        assert_eq!(bench.run(arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn a_new_crate_has_the_rows_that_its_first_run_needs() {
    for (name, has) in [("wallet-engine-activation", true), ("powerauth-data-adapter", false)] {
        let bench = Bench::empty();
        let run = bench.run(&["new", "bank", "--extends", name, "--runtime", "0.1.0"]);
        assert_eq!(run.code, 0, "{run:?}");
        assert_eq!(bench.path("bank/demo.yaml").is_file(), has, "{name}");
        assert_eq!(run.out.contains("cargo run -- --dev --settings demo.yaml"), has, "{run:?}");
    }
}

#[test]
fn a_new_crate_starts_from_what_its_definition_recommends() {
    for (name, has) in [("powerauth-data-adapter", true), ("walley-identify-buyer", false)] {
        let bench = Bench::empty();
        assert_eq!(bench.run(&["new", "bank", "--extends", name, "--runtime", "0.1.0"]).code, 0);
        let adapter = bench.read("bank/adapter.yaml");
        let sets = "settings:\n  # The key of the message";
        assert_eq!(adapter.contains(sets), has, "{adapter}");
        assert_eq!(adapter.contains("sms.delivery_failed_message: smsAuthorization.deliveryFailed"), has, "{adapter}");
        assert_eq!(bench.run(&["generate", "bank"]).code, 0);
        let settings = bench.read("bank/src/generated/settings.rs");
        let default = r#""sms.delivery_failed_message", default = "smsAuthorization.deliveryFailed""#;
        assert_eq!(settings.contains(default), has, "{settings}");
        let types = bench.read("bank/src/generated/types.rs");
        assert_eq!(
            types.matches("accepts(blanks, separators))]\n    pub authorization_code").count(),
            if has { 2 } else { 0 },
            "{types}"
        );
    }
}

#[test]
fn a_near_name_is_offered() {
    let run = Bench::empty().run(&["check", "powerauth-data-adaptor"]);
    assert!(run.err.contains("did you mean `powerauth-data-adapter`?"), "{run:?}");
}

#[test]
fn generating_tells_what_it_wrote_and_then_that_nothing_is_left_to_do() {
    let bench = Bench::with(TINY);
    let run = bench.run(&["generate"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.out.contains("src/generated/api.rs written"), "{run:?}");
    assert!(bench.run(&["generate"]).out.contains("src/generated is up to date"));
}

#[test]
fn stale_output_ends_with_3_and_is_not_touched() {
    let bench = Bench::with(TINY);
    assert_eq!(bench.run(&["generate", "--check"]).code, 3);
    assert!(!bench.path("src").exists());
    bench.run(&["generate"]);
    assert_eq!(bench.run(&["generate", "--check"]).code, 0);
    bench.put("adapter.yaml", &TINY.replace("/user/find", "/user/seek"));
    let before = fs::read_to_string(bench.path("src/generated/api.rs")).unwrap();
    let run = bench.run(&["generate", "--check"]);
    assert_eq!(run.code, 3);
    assert!(run.out.contains("src/generated/api.rs is stale"), "{run:?}");
    assert_eq!(fs::read_to_string(bench.path("src/generated/api.rs")).unwrap(), before);
}

#[test]
fn an_edited_file_stops_generating() {
    let bench = Bench::with(TINY);
    bench.run(&["generate"]);
    bench.put("src/generated/types.rs", "// mine\n");
    let run = bench.run(&["generate"]);
    assert_eq!(run.code, 4);
    assert!(run.err.contains("types.rs was edited by hand"), "{run:?}");
    assert_eq!(bench.read("src/generated/types.rs"), "// mine\n");
}

#[test]
fn what_a_tailoring_changes_is_reported() {
    let bench = Bench::with("extends: powerauth-data-adapter\nendpoints: { init_consent: null }\n");
    let run = bench.run(&["generate"]);
    for line in [
        "changed against `powerauth-data-adapter`:",
        "- endpoints: init_consent (adapter.yaml:2; before at definitions/powerauth-data-adapter/adapter.yaml:",
        "- payloads: InitConsentResponse (",
    ] {
        assert!(run.out.contains(line), "{line}: {run:?}");
    }
    let bench = Bench::with("extends: powerauth-data-adapter\n");
    assert!(!bench.run(&["generate"]).out.contains("changed"));
}

#[test]
fn what_a_tailoring_changes_is_reported_at_any_time_and_nothing_else() {
    let bench = Bench::with("extends: powerauth-data-adapter\notps: { sms: { digits: 6, attempts: 5 } }\nbase: /x\n");
    let run = bench.run(&["check", "--changes"]);
    let told: Vec<&str> = run.out.lines().filter(|line| line.starts_with("  ")).collect();
    assert_eq!(told.len(), 2, "{run:?}");
    assert!(told[0].starts_with("  ~ base: /powerauth-data-adapter -> /x (adapter.yaml:3; before at "), "{run:?}");
    assert!(told[1].starts_with("  ~ otps: sms: digits: 8 -> 6 (adapter.yaml:2; before at "), "{run:?}");
    assert!(!bench.path("src").exists());
    let run = bench.run(&["check", "--changes", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let first = &told["changes"]["powerauth-data-adapter"][0];
    assert_eq!((&first["path"][0], &first["new"]["value"]), (&"base".into(), &"/x".into()), "{told:#}");
    assert_eq!(first["new"]["place"]["line"], 3);
    assert!(Bench::with(TINY).run(&["check", "--changes"]).out.contains("it extends nothing"));
}

#[test]
fn a_new_crate_is_whole_and_is_never_written_over() {
    let bench = Bench::empty();
    let run = bench.run(&["new", "my-bank", "--extends", "powerauth-data-adapter"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.out.contains("  cd my-bank && cargo run -- --dev"), "{run:?}");
    for file in ["Cargo.toml", "adapter.yaml", "src/main.rs", "src/hooks.rs", "Cargo.lock", "rust-toolchain.toml"] {
        assert!(bench.path("my-bank").join(file).is_file(), "{file}");
    }
    assert!(bench.read("my-bank/Cargo.toml").contains("[workspace]"));
    assert!(bench.read("my-bank/src/hooks.rs").contains("UserKey::Username(name) => name == \"user1234\""));
    assert_eq!(bench.run(&["generate", "my-bank"]).code, 0);
    bench.put("my-bank/src/hooks.rs", "// mine\n");
    let run = bench.run(&["new", "my-bank", "--extends", "powerauth-data-adapter"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("src/hooks.rs"), "{run:?}");
    assert_eq!(bench.read("my-bank/src/hooks.rs"), "// mine\n");
}

/// Lines of Rust that are more than a comment.
fn written(texts: &[&str]) -> usize {
    texts.iter().for_each(|text| drop(syn::parse_file(text).unwrap()));
    let lines = texts.iter().flat_map(|text| text.lines()).map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

#[test]
fn what_a_bank_writes_for_the_whole_api_is_short_and_is_rust() {
    let bench = Bench::empty();
    bench.run(&["new", "my-bank", "--extends", "powerauth-data-adapter"]);
    let [main, new] = ["main.rs", "hooks.rs"].map(|file| bench.read(&format!("my-bank/src/{file}")));
    // The same file with both callbacks filled in, by a bank whose systems speak HTTP.
    let filled_in = fs::read_to_string(repository().join("generator/tests/bank/hooks.rs")).unwrap();
    let kept = new.lines().filter(|line| ["impl ", "    async fn "].iter().any(|start| line.starts_with(start)));
    for line in kept {
        let written = line.replace("_sms: ", "sms: ");
        assert!(filled_in.contains(&written), "`new` writes {line:?}; fill it in anew");
    }
    for hooks in [&new, &filled_in] {
        let written = written(&[&main, hooks]);
        assert!(written <= 65, "{written} lines");
    }
}

/// While one of them is named, the adapter starts with `--dev` alone.
#[test]
fn every_method_that_new_writes_is_named_as_unfinished() {
    for definition in fs::read_dir(repository().join("definitions")).unwrap() {
        let definition = definition.unwrap().file_name().into_string().unwrap();
        let bench = Bench::empty();
        assert_eq!(bench.run(&["new", "bank", "--extends", &definition, "--runtime", "0.1.0"]).code, 0);
        let hooks = bench.read("bank/src/hooks.rs");
        let methods = hooks.lines().filter_map(|line| line.strip_prefix("    async fn ")?.split('(').next());
        let methods: Vec<&str> = methods.collect();
        assert!(methods.contains(&"lookup_user"), "{hooks}");
        assert!(hooks.contains(&format!("        &{methods:?}\n")), "{definition}: {hooks}");
    }
}

/// Whether a manifest lets panics end the process.
fn aborts(manifest: &str) -> bool {
    let mut lines = manifest.lines().map(|line| line.replace([' ', '\'', '"'], ""));
    lines.any(|line| line.starts_with("panic=abort") || line.contains("panic=abort") && line.starts_with("profile"))
}

/// A hook that panics fails its own call alone, and that is caught by unwinding.
#[test]
fn panics_unwind_here_and_in_a_new_crate() {
    assert!(aborts("[profile.release]\npanic = \"abort\"") && aborts("profile.release = { panic = 'abort' }"));
    let bench = Bench::empty();
    bench.run(&["new", "my-bank", "--extends", "powerauth-data-adapter"]);
    let here = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    assert!(here.contains("[profile.release]\npanic = \"unwind\"\n"));
    for manifest in [here, bench.read("my-bank/Cargo.toml")] {
        assert!(!aborts(&manifest), "{manifest}");
    }
    for folder in [repository(), bench.path("my-bank")] {
        for name in ["config.toml", "config"] {
            let config = fs::read_to_string(folder.join(".cargo").join(name)).unwrap_or_default();
            assert!(!config.contains("panic"), "{config}");
        }
    }
}

#[test]
fn outside_a_checkout_the_runtime_comes_along() {
    let bench = Bench::empty();
    bench.run(&["new", "my-bank", "--extends", "powerauth-data-adapter"]);
    assert!(bench.read("my-bank/Cargo.toml").contains("path = \"vendor/runtime\""));
    assert!(bench.path("my-bank/vendor/runtime/src/lib.rs").is_file());
    assert!(bench.path("my-bank/vendor/macros/src/lib.rs").is_file());
    assert!(bench.read("my-bank/vendor/LICENSE").contains("Apache License"));
    // Every path in it leads somewhere.
    let resolved = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--no-deps"])
        .current_dir(bench.path("my-bank/vendor/runtime"))
        .output()
        .unwrap();
    assert!(resolved.status.success(), "{}", String::from_utf8_lossy(&resolved.stderr));
    assert!(bench.read("my-bank/vendor/Cargo.toml").contains("members = [\"engine\", \"macros\", \"runtime\"]"));
}

#[test]
fn a_new_crate_has_what_a_team_needs() {
    let bench = Bench::empty();
    let made = bench.run(&["new", "my-bank", "--extends", "wallet-engine-activation", "--runtime", "0.1.0"]);
    assert_eq!(made.code, 0, "{made:?}");
    let page = bench.read("my-bank/README.md");
    assert!(page.contains("cargo run -- --dev --settings demo.yaml") && page.contains("curl -s"), "{page}");
    assert!(page.contains("| `create_otp` |") || page.contains("POST"), "{page}");
    let settings = bench.read("my-bank/settings.yaml");
    let read: serde_json::Value = serde_yaml::from_str(&settings).unwrap();
    assert_eq!(read["keys"]["codes"], "env:ADAPTER_KEY_CODES");
    assert!(settings.contains("#otps.") && settings.contains("#sessions."), "{settings}");
    let test = bench.read("my-bank/tests/starts.rs");
    assert!(test.contains(r#"env!("CARGO_BIN_EXE_my-bank")"#), "{test}");
    let conforms = bench.read("my-bank/src/tests.rs");
    assert!(syn::parse_file(&conforms).is_ok() && conforms.contains("demo.yaml"), "{conforms}");
    assert!(bench.path("my-bank/ci.sh").is_file() && bench.path("my-bank/.gitattributes").is_file());
    assert!(bench.path("my-bank/src/generated/api.rs").is_file(), "it is generated already");
    assert_eq!(bench.run(&["generate", "my-bank", "--check"]).code, 0);
    let again = bench.run(&["new", "my-bank", "--extends", "wallet-engine-activation", "--runtime", "0.1.0"]);
    assert_eq!((again.code, again.err.lines().count()), (2, 3), "{again:?}");
}

/// What the pipeline of a new crate says; where it would run cargo, it does nothing.
fn pipeline(bench: &Bench) -> (i32, String) {
    let tools = bench.path("tools");
    let program = Path::new(env!("CARGO_BIN_EXE_countersign")).parent().unwrap();
    let usual = std::env::var_os("PATH").unwrap();
    let path = [tools, program.to_owned()].into_iter().chain(std::env::split_paths(&usual));
    let path = std::env::join_paths(path);
    let run =
        Command::new("bash").arg("ci.sh").current_dir(bench.path("bank")).env("PATH", path.unwrap()).output().unwrap();
    (run.status.code().unwrap(), String::from_utf8(run.stdout).unwrap() + &String::from_utf8(run.stderr).unwrap())
}

#[test]
fn the_pipeline_of_a_new_crate_holds_it_to_the_last_release() {
    let bench = Bench::empty();
    bench.run(&["new", "bank", "--extends", "powerauth-data-adapter", "--runtime", "0.1.0"]);
    bench.put("tools/cargo", "#!/bin/sh\nexit 0\n");
    Command::new("chmod").arg("+x").arg(bench.path("tools/cargo")).status().unwrap();
    let git = |arguments: &[&str]| {
        let who = ["-c", "user.name=a", "-c", "user.email=a@bank.example", "-c", "commit.gpgsign=false"];
        let run = Command::new("git").args(who).args(arguments).current_dir(bench.path("bank")).output().unwrap();
        assert!(run.status.success(), "{arguments:?}: {run:?}");
    };
    let (code, said) = pipeline(&bench);
    assert!(code == 0 && said.contains("no release to compare with"), "{said}");
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "first"]);
    git(&["tag", "v1.0"]);
    let (code, said) = pipeline(&bench);
    assert!(code == 0 && said.contains("no release to compare with"), "{said}");
    let definition = bench.read("bank/adapter.yaml");
    bench.put("bank/adapter.yaml", &format!("{definition}\nerrors:\n  USER_NOT_FOUND: {{ status: 410 }}\n"));
    assert_eq!(bench.run(&["generate", "bank"]).code, 0);
    git(&["commit", "-qam", "second"]);
    let (code, said) = pipeline(&bench);
    assert!(code == 5 && said.contains("410"), "{code}: {said}");
}

#[test]
fn a_package_has_a_name_that_cargo_takes() {
    let bench = Bench::empty();
    let run = bench.run(&["new", "банк", "--extends", "walley-identify-buyer", "--runtime", "0.1.0"]);
    assert!(run.code == 2 && run.err.contains("--name my-bank"), "{run:?}");
    assert!(!bench.path("банк").exists());
    let named =
        bench.run(&["new", "банк", "--extends", "walley-identify-buyer", "--runtime", "0.1.0", "--name", "bank"]);
    assert_eq!(named.code, 0, "{named:?}");
    assert!(bench.read("банк/Cargo.toml").contains("name = \"bank\""));
    let wrong =
        bench.run(&["new", "x", "--extends", "walley-identify-buyer", "--runtime", "0.1.0", "--name", "My Bank"]);
    assert!(wrong.code == 2 && wrong.err.contains("lower-case letters"), "{wrong:?}");
    for (taken, whose) in [
        ("countersign-runtime", "a crate that it needs"),
        ("core", "a crate of Rust"),
        ("build", "a folder"),
        ("fn", "a word of Rust"),
    ] {
        let wrong = bench.run(&["new", taken, "--extends", "walley-identify-buyer", "--runtime", "0.1.0"]);
        assert!(wrong.code == 2 && wrong.err.contains(whose) && wrong.err.contains("--name my-bank"), "{wrong:?}");
        assert!(!bench.path(taken).exists());
    }
}

#[test]
fn the_runtime_can_come_from_elsewhere() {
    for (asked, dependency) in [
        (repository().join("runtime").to_str().unwrap(), "{ path = "),
        ("0.1", "{ version = \"0.1\", features = [\"page\"] }"),
        (
            "https://example.com/countersign.git",
            "{ git = \"https://example.com/countersign.git\", features = [\"page\"] }",
        ),
    ] {
        let bench = Bench::empty();
        let run = bench.run(&["new", "my-bank", "--extends", "powerauth-data-adapter", "--runtime", asked]);
        assert_eq!(run.code, 0, "{run:?}");
        let manifest = bench.read("my-bank/Cargo.toml");
        assert!(manifest.contains(&format!("countersign-runtime = {dependency}")), "{manifest}");
        assert!(!bench.path("my-bank/vendor").exists());
    }
}

#[test]
fn the_same_definition_gives_the_same_bytes_everywhere() {
    let (one, other) = (Bench::with(TINY), Bench::with(TINY));
    one.run(&["generate"]);
    let from_afar = ["generate", other.root().to_str().unwrap()];
    let run = Bench::run_with(&repository(), &from_afar, &[("TZ", "Asia/Tokyo"), ("LC_ALL", "cs_CZ.UTF-8")]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(one.generated(), other.generated());
    assert!(one.generated().len() >= 7);
}

/// A bank that extends a folder of its own, beside it.
fn two_folders() -> Bench {
    let bench = Bench::empty();
    bench.put("common/adapter.yaml", TINY);
    let run = bench.run(&["new", "bank", "--extends", "common", "--runtime", "0.1.0"]);
    assert_eq!(run.code, 0, "{run:?}");
    let adapter = bench.read("bank/adapter.yaml");
    assert!(adapter.contains("extends: ../common") || adapter.contains("extends: \"../common\""), "{adapter}");
    bench.put("bank/adapter.yaml", &format!("{adapter}title: Bank\n"));
    bench
}

#[test]
fn what_extends_a_folder_is_the_same_wherever_both_lie() {
    let (one, other) = (two_folders(), two_folders());
    assert_eq!(one.run(&["generate", "bank"]).code, 0);
    let from_afar = other.path("bank");
    assert_eq!(Bench::run_in(&repository(), &["generate", from_afar.to_str().unwrap()]).code, 0);
    for file in ["api.rs", "types.rs", "errors.rs", "adapter.rs", ".manifest"] {
        let path = format!("bank/src/generated/{file}");
        assert_eq!(one.read(&path), other.read(&path), "{file}");
        assert!(!one.read(&path).contains("/tmp"), "{file}");
    }
    // The second place looks at what the first has written.
    let run = Bench::run_in(&one.path("bank"), &["generate", "--check"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(Bench::run_in(&one.path("common"), &["generate", "--check", "../bank"]).code, 0);
}

#[test]
fn built_in_files_are_printed_as_mistakes_name_them() {
    let bench = Bench::with("extends: powerauth-data-adapter\npayloads: { VerifySmsRequest: { userId: null } }\n");
    let run = bench.run(&["check"]);
    assert!(run.err.contains("built in: powerauth-data-adapter/adapter.yaml:"), "{run:?}");
    assert!(
        run.err.contains("1 mistake") && run.err.contains("`countersign show powerauth-data-adapter adapter.yaml`")
    );
    let shown = bench.run(&["show", "powerauth-data-adapter", "adapter.yaml"]);
    assert!(shown.code == 0 && shown.out.starts_with("adapter: powerauth-data-adapter"), "{shown:?}");
    let all = bench.run(&["show", "walley-identify-buyer"]);
    assert!(all.out.contains("# ==== walley-identify-buyer/messages/en.yaml"), "{all:?}");
    assert_eq!(bench.run(&["show", "powerauth-data-adaptor"]).code, 2);
    assert_eq!(bench.run(&["show", "powerauth-data-adapter", "adapter.yml"]).code, 2);
}

#[test]
fn lines_that_are_extended_have_no_warnings() {
    let bench = Bench::empty();
    let base = TINY.replace("endpoints:\n", "messages: { en: { nobody: Nothing } }\nendpoints:\n");
    bench.put("base/adapter.yaml", &base);
    bench.put("bank/adapter.yaml", "extends: ../base\n");
    assert!(bench.run(&["check", "base"]).err.contains("warning["), "their author sees them");
    let run = bench.run(&["check", "bank", "--deny-warnings"]);
    assert!(run.code == 0 && !run.err.contains("warning["), "{run:?}");
}

#[test]
fn a_warning_stops_nothing_unless_it_is_denied() {
    let bench = Bench::with(&format!("{TINY}enums: {{ Colour: [RED] }}\n"));
    let run = bench.run(&["check"]);
    assert!(run.code == 0 && run.err.contains("warning[unused]") && run.err.contains("1 warning"), "{run:?}");
    assert_eq!(bench.run(&["check", "--deny-warnings"]).code, 1);
    assert_eq!(bench.run(&["generate"]).code, 0);
    let run = bench.run(&["check", "--format", "sarif"]);
    let sarif: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["level"], "warning");
}

#[test]
fn a_main_file_with_another_ending_is_named_wherever_it_is_looked_for() {
    let bench = Bench::empty();
    bench.put("bank/adapter.yml", TINY);
    let afar = bench.run(&["check", "bank"]);
    assert!(
        afar.code == 2 && afar.err.contains("nothing reads `bank/adapter.yml`: call it `adapter.yaml`"),
        "{afar:?}"
    );
    for command in ["check", "generate"] {
        let inside = Bench::run_in(&bench.path("bank"), &[command]);
        assert!(inside.code == 2 && inside.err.contains("nothing reads `adapter.yml`: call it"), "{inside:?}");
    }
}
