//! For pipelines: JUnit's XML, a suite for each endpoint.

use super::super::{Case, Outcome};
use super::{count, endpoints};

/// The report as XML.
pub fn junit(cases: &[Case]) -> String {
    let (_, failures, skipped) = count(cases);
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"conform\" tests=\"{}\" failures=\"{failures}\" skipped=\"{skipped}\">\n",
        cases.len()
    );
    for endpoint in endpoints(cases) {
        let own: Vec<Case> = cases.iter().filter(|case| case.endpoint == endpoint).cloned().collect();
        let (_, failures, skipped) = count(&own);
        xml.push_str(&format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">\n",
            escaped(endpoint),
            own.len()
        ));
        own.iter().for_each(|case| xml.push_str(&one(case)));
        xml.push_str("  </testsuite>\n");
    }
    xml + "</testsuites>\n"
}

fn one(case: &Case) -> String {
    let head = format!("    <testcase classname=\"{}\" name=\"{}\"", escaped(&case.endpoint), escaped(&case.name));
    match &case.outcome {
        Outcome::Conforms => format!("{head}/>\n"),
        Outcome::Deviates(differences) => {
            let first = differences.first().map(String::as_str).unwrap_or_default();
            let all = escaped(&differences.join("\n"));
            format!("{head}>\n      <failure message=\"{}\">{all}</failure>\n    </testcase>\n", escaped(first))
        }
        Outcome::NotRun(why) => format!("{head}>\n      <skipped message=\"{}\"/>\n    </testcase>\n", escaped(why)),
    }
}

/// A text in XML; signs that XML cannot hold are written as the sign for what cannot be shown.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\n' => written.push_str("&#10;"),
            '\t' => written.push(' '),
            other if other.is_control() || matches!(other, '\u{fffe}' | '\u{ffff}') => written.push('\u{fffd}'),
            other => written.push(other),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_that_a_server_says_becomes_markup() {
        assert_eq!(super::escaped("<a b=\"c\">&\u{1}\n"), "&lt;a b=&quot;c&quot;&gt;&amp;\u{fffd}&#10;");
    }
}
