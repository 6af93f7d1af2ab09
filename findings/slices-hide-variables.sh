#!/bin/sh
# A template of a message that shows a part of a value, such as the last four digits of a card: `{{ card[-4:] }}`.
#
# One would guess: the list of a template's undeclared variables, by which a service knows what to look up before it fills a message in,
#   has each name that the template shows.
# What happens: minijinja leaves out the name that is sliced, while it lists those inside of the brackets. Jinja2, whose templates it
#   reads, lists both. The name of a subscript, `{{ card[0] }}`, is listed by both libraries.
# Who is hurt: whoever fetches the listed values alone, or proves with them that a text can be filled in: the message fails at the first
#   customer, "undefined value".
# Source: minijinja's `Template::undeclared_variables`; `jinja2.meta.find_undeclared_variables`.
# Seen with: minijinja 3.0.5 (crate), Jinja2 3.1.6 with MarkupSafe 3.0.3 (Python).
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv env
env/bin/pip -q --disable-pip-version-check install jinja2==3.1.6 markupsafe==3.0.3
mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "seen"
version = "0.1.0"
edition = "2021"
[dependencies]
minijinja = "=3.0.5"
[workspace]
TOML
cat > templates <<'TXT'
Card {{ card }} was used
Card {{ card[0] }} was used
Card {{ card[-4:] }} was used
Card {{ card[:shown] }} was used
Card {{ card[-4:] | upper }} of {{ owner }} was used
TXT
cat > check.py <<'PY'
import sys
from jinja2 import Environment, meta
for line in sys.stdin:
    found = meta.find_undeclared_variables(Environment().parse(line))
    print("jinja2   ", line.strip(), "->", " ".join(sorted(found)))
PY
cat > src/main.rs <<'RS'
fn main() {
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let environment = minijinja::Environment::new();
        let template = environment.template_from_str(&line).unwrap();
        let mut found: Vec<String> = template.undeclared_variables(false).into_iter().collect();
        found.sort();
        println!("minijinja {line} -> {}", found.join(" "));
    }
}
RS
cargo build -q --release
{ env/bin/python check.py < templates; target/release/seen < templates; } | sed 's/ *$//' > seen
cat seen
cat > expected <<'TXT'
jinja2    Card {{ card }} was used -> card
jinja2    Card {{ card[0] }} was used -> card
jinja2    Card {{ card[-4:] }} was used -> card
jinja2    Card {{ card[:shown] }} was used -> card shown
jinja2    Card {{ card[-4:] | upper }} of {{ owner }} was used -> card owner
minijinja Card {{ card }} was used -> card
minijinja Card {{ card[0] }} was used -> card
minijinja Card {{ card[-4:] }} was used ->
minijinja Card {{ card[:shown] }} was used -> shown
minijinja Card {{ card[-4:] | upper }} of {{ owner }} was used -> owner
TXT
cmp seen expected
