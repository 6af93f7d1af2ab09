//! `explain`: what follows from a definition, what a word of the vocabulary means, or what a diagnostic means.

use std::path::Path;

use countersign::diagnostic::codes;
use countersign::explain;
use countersign::model::Adapter;
use countersign::naming::near;

use super::project::{self, Named};
use super::{Outcome, Usage};

/// Explains a definition, an endpoint, a word or a diagnostic.
pub fn run(what: &str, endpoint: Option<&str>) -> anyhow::Result<Outcome> {
    if let Some(named) = project::find(Path::new(what)) {
        return definition(&named, endpoint);
    }
    if let Some(code) = codes::find(what) {
        anstream::println!("{}: {}\n\n{}", code.id, code.what, code.long);
        return Ok(Outcome::Good);
    }
    let here = Named::Folder(".".into());
    if Path::new("adapter.yaml").is_file()
        && let Some(adapter) = project::open(&here).adapter
        && adapter.endpoints.iter().any(|endpoint| endpoint.name == what)
    {
        return definition(&here, Some(what));
    }
    let nearest = match explain::word(what) {
        Ok(text) => {
            anstream::print!("{text}");
            return Ok(Outcome::Good);
        }
        Err(nearest) => nearest,
    };
    let ids = codes::ALL.iter().map(|code| code.id);
    let near = near(what, ids.chain(nearest.as_deref()));
    let meant = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    let text = format!("`{what}` is no definition, diagnostic or word, and no endpoint of the current folder{meant}");
    Err(Usage(text).into())
}

fn definition(named: &Named, endpoint: Option<&str>) -> anyhow::Result<Outcome> {
    let opened = project::open(named);
    let Some(adapter) = &opened.adapter else {
        project::print_diagnostics(&opened);
        return Ok(Outcome::Wrong);
    };
    if let Some(name) = endpoint.filter(|name| !adapter.endpoints.iter().any(|endpoint| endpoint.name == *name)) {
        return Err(unknown_endpoint(adapter, name).into());
    }
    anstream::print!("{}", explain::explain(adapter, endpoint));
    Ok(Outcome::Good)
}

fn unknown_endpoint(adapter: &Adapter, name: &str) -> Usage {
    let names: Vec<&str> = adapter.endpoints.iter().map(|endpoint| endpoint.name.as_str()).collect();
    let help = match near(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are: {}", names.join(", ")),
    };
    Usage(format!("`{}` has no endpoint `{name}`; {help}", adapter.name))
}
