//! What a team finds in a new crate beside its code: a page, settings to start from, a test, what a pipeline runs.

use countersign::bundle::{DOCKERFILE, ROOTFS, UNIT};
use countersign::emit::{Templates, literal};
use countersign::load::DEMO;
use countersign::model::{Adapter, Callers, SettingValue};
use serde::Serialize;

use super::{fill, settings};

/// Generated files keep their line ends, and are folded in reviews.
const ATTRIBUTES: &str = "src/generated/** text eol=lf linguist-generated=true\nvendor/** text eol=lf\n";

/// What the page, the settings and the test say.
#[derive(Debug, Serialize)]
pub struct Starter {
    pub name: String,
    pub extends: String,
    /// The arguments of a first run.
    pub start: Vec<&'static str>,
    /// A first call, as a command.
    pub call: Option<String>,
}

#[derive(Serialize)]
struct Page<'a> {
    name: &'a str,
    title: &'a str,
    extends: &'a str,
    program: &'a str,
    start: String,
    call: Option<&'a str>,
    sends: bool,
    endpoints: Vec<Route<'a>>,
}

#[derive(Serialize)]
struct Route<'a> {
    name: &'a str,
    method: &'a str,
    path: String,
}

#[derive(Serialize)]
struct Settings<'a> {
    sends: bool,
    callers: &'static str,
    sections: Vec<settings::Part>,
    own: Vec<Own<'a>>,
    tables: Vec<&'a str>,
}

#[derive(Serialize)]
struct Own<'a> {
    path: &'a str,
    default: String,
}

#[derive(Serialize)]
struct Test<'a> {
    name: &'a str,
    start: String,
}

#[derive(Serialize)]
struct Trained<'a> {
    name: &'a str,
    start: String,
    credential: Option<&'static str>,
}

#[derive(Serialize)]
struct Conforms {
    sends: bool,
    settings: Option<&'static str>,
    credential: Option<&'static str>,
}

impl Starter {
    /// The files, by their paths in the crate.
    pub fn files(&self, templates: &Templates, adapter: &Adapter) -> anyhow::Result<Vec<(String, String)>> {
        let start: Vec<String> = self.start.iter().map(|argument| literal(argument)).collect();
        let test = Test { name: &self.name, start: start.join(", ") };
        let credential = match adapter.callers {
            Callers::None(_) => None,
            Callers::Bearer => Some("demo-access-token"),
            Callers::Basic(_) => Some("demo:demo-access-token"),
        };
        let trained = Trained { name: &self.name, start: self.start.join(" "), credential };
        let conforms = Conforms {
            sends: !adapter.needs_no_gateway,
            settings: self.start.contains(&DEMO).then_some(DEMO),
            credential,
        };
        Ok(vec![
            ("README.md".to_owned(), fill(templates, "README.md", &self.page(adapter))?),
            ("settings.yaml".to_owned(), fill(templates, "settings.yaml", &self.settings(adapter))?),
            ("tests/starts.rs".to_owned(), fill(templates, "starts.rs", &test)?),
            ("src/tests.rs".to_owned(), fill(templates, "tests.rs", &conforms)?),
            ("ci.sh".to_owned(), fill(templates, "ci.sh", &())?),
            ("pgo-build.sh".to_owned(), fill(templates, "pgo-build.sh", &trained)?),
            ("build.rs".to_owned(), fill(templates, "build.rs", &())?),
            (".gitattributes".to_owned(), ATTRIBUTES.to_owned()),
            ("deploy/Dockerfile".to_owned(), self.dockerfile()),
            ("deploy/rootfs.sh".to_owned(), ROOTFS.replace("docs/deploy/", "deploy/")),
            ("deploy/adapter.service".to_owned(), UNIT.to_owned()),
        ])
    }

    /// The image of this crate's program.
    fn dockerfile(&self) -> String {
        let named = DOCKERFILE.replace("ARG ADAPTER\n", &format!("ARG ADAPTER={}\n", self.name));
        let here = named.replace("docs/deploy/", "deploy/");
        // Its own name is what it builds, so the way to call it need not say it.
        match here.split_once(" --build-arg ADAPTER=") {
            Some((before, behind)) => {
                format!("{before}{}", behind.trim_start_matches(|sign: char| !sign.is_whitespace()))
            }
            None => here,
        }
    }

    fn page<'a>(&'a self, adapter: &'a Adapter) -> Page<'a> {
        let route = |endpoint: &'a countersign::model::Endpoint| Route {
            name: &endpoint.name,
            method: &endpoint.method,
            path: format!("{}{}", adapter.base, endpoint.path),
        };
        Page {
            name: &self.name,
            title: &adapter.title,
            extends: &self.extends,
            program: "countersign",
            start: self.start.join(" "),
            call: self.call.as_deref(),
            sends: !adapter.needs_no_gateway,
            endpoints: adapter.endpoints.iter().map(route).collect(),
        }
    }

    fn settings<'a>(&'a self, adapter: &'a Adapter) -> Settings<'a> {
        let own =
            |setting: &'a countersign::model::Setting| Own { path: &setting.path, default: shown(&setting.default) };
        Settings {
            sends: !adapter.needs_no_gateway,
            sections: settings::parts(adapter),
            callers: match adapter.callers {
                Callers::None(_) => "none",
                Callers::Bearer => "bearer",
                Callers::Basic(_) => "basic",
            },
            own: adapter.settings.iter().map(own).collect(),
            tables: adapter.tables.iter().map(|table| table.name.as_str()).collect(),
        }
    }
}

/// A default as YAML.
fn shown(value: &SettingValue) -> String {
    match value {
        SettingValue::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
        SettingValue::Boolean(value) => value.to_string(),
        SettingValue::Integer(value) => value.to_string(),
    }
}
