//! The examples of the model, with the values that they insert.

use super::internal_error::{InternalError, required};
use crate::check::expanded;
use crate::model::{Call, Example, Target};
use crate::raw;
use crate::resolve::Resolved;
use crate::yaml::Node;

/// All examples, in the order of the definition.
pub(super) fn examples(of: &Resolved<'_>) -> Result<Vec<Example>, InternalError> {
    let mut all = Vec::new();
    for (file, examples) in of.raw.examples.iter() {
        for (title, calls) in examples.iter() {
            let calls = calls.iter().map(|call| self::call(of, call)).collect::<Result<_, InternalError>>()?;
            all.push(Example { file: file.text.clone(), title: title.text.clone(), calls });
        }
    }
    Ok(all)
}

fn call(of: &Resolved<'_>, call: &raw::Example) -> Result<Call, InternalError> {
    let to = match (&call.endpoint, &call.route) {
        (Some(endpoint), _) => Target::Endpoint(endpoint.text.clone()),
        (None, Some(route)) => {
            let (method, path) = required(route.text.split_once(' '), "the path of an example")?;
            Target::Nowhere(method.to_owned(), path.to_owned())
        }
        (None, None) => return Err(InternalError("the endpoint of an example".to_owned())),
    };
    let body = |node: &Option<Node>| node.as_ref().map(|node| expanded(of, node));
    Ok(Call {
        to,
        given: body(&call.given),
        sent_as: call.sent_as.as_ref().map(|text| text.text.clone()),
        request: body(&call.request),
        response: body(&call.response),
        error: body(&call.error),
        sms: call.sms.as_ref().map(|text| text.text.clone()),
        trace: of.sources.trace(call.place),
    })
}
