//! Reads the text in which this process shows its metrics, by families: a name, a kind, and samples with their labels. What
//! becomes of them is decided elsewhere.

/// A metric with all its samples.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Family<'t> {
    pub name: &'t str,
    pub about: &'t str,
    /// `counter`, `gauge` or `histogram`.
    pub kind: &'t str,
    pub samples: Vec<Sample<'t>>,
}

/// One line.
#[derive(Debug, PartialEq)]
pub(super) struct Sample<'t> {
    /// That of the family, for histograms with `_bucket`, `_sum` or `_count` behind it.
    pub name: &'t str,
    pub labels: Vec<(&'t str, String)>,
    pub value: f64,
}

/// The families of a text; lines that cannot be read are passed over.
pub(super) fn families(text: &str) -> Vec<Family<'_>> {
    let mut all: Vec<Family<'_>> = Vec::new();
    let mut about = "";
    for line in text.lines() {
        if let Some(said) = line.strip_prefix("# HELP ") {
            about = said.split_once(' ').map_or("", |(_, about)| about);
        } else if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|said| said.split_once(' ')) {
            all.push(Family { name, about: std::mem::take(&mut about), kind, samples: Vec::new() });
        } else if let (Some(family), Some(sample)) = (all.last_mut(), sample(line)) {
            family.samples.push(sample);
        }
    }
    all
}

fn sample(line: &str) -> Option<Sample<'_>> {
    let (name, rest) = line.split_at(line.find(['{', ' '])?);
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(rest) => labels(rest)?,
        None => (Vec::new(), rest),
    };
    Some(Sample { name, labels, value: rest.trim().parse().ok()? })
}

/// The labels up to the brace that ends them, and what is behind it.
fn labels(mut rest: &str) -> Option<(Vec<(&str, String)>, &str)> {
    let mut labels = Vec::new();
    loop {
        rest = rest.trim_start_matches(',');
        if let Some(behind) = rest.strip_prefix('}') {
            return Some((labels, behind));
        }
        let (name, quoted) = rest.split_once("=\"")?;
        let (value, behind) = unquoted(quoted)?;
        labels.push((name, value));
        rest = behind;
    }
}

/// A value up to its closing quote, and what is behind that.
fn unquoted(quoted: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, quoted.get(at + 1..)?)),
            '\\' => match letters.next()?.1 {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_labels_and_values_are_read() {
        let text = "# HELP a_total How many.\n# TYPE a_total counter\na_total 3\na_total{b=\"c\",d=\"\"} 4.5\n\n\
                    # TYPE odd gauge\nodd{of=\"a \\\"b\\\\c\\n}\"} +Inf\nno value\nodd{of=\"open\n";
        let read = families(text);
        let [counter, odd] = read.as_slice() else { panic!("{read:?}") };
        assert_eq!((counter.name, counter.about, counter.kind), ("a_total", "How many.", "counter"));
        let sample = |labels: &[(&'static str, &str)], name, value| Sample {
            name,
            labels: labels.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            value,
        };
        assert_eq!(counter.samples, [sample(&[], "a_total", 3.0), sample(&[("b", "c"), ("d", "")], "a_total", 4.5)]);
        assert_eq!((odd.about, &odd.samples), ("", &vec![sample(&[("of", "a \"b\\c\n}")], "odd", f64::INFINITY)]));
    }
}
