//! Lines of an explanation: sections, rows in two columns, wrapped to a width that a terminal has.

/// Where the second column begins, if the first is shorter.
const COLUMN: usize = 46;
/// Where lines end.
const WIDTH: usize = 118;

/// A text in the making.
#[derive(Debug, Default)]
pub struct Lines {
    text: String,
}

impl Lines {
    /// A title with its place at the right.
    pub fn head(&mut self, title: &str, place: &str) {
        let gap = WIDTH.saturating_sub(title.chars().count() + place.chars().count()).max(2);
        self.line(0, &format!("{title}{}{place}", " ".repeat(gap)));
    }

    /// A heading with a word about it.
    pub fn section(&mut self, title: &str, about: &str) {
        let about = if about.is_empty() { String::new() } else { format!(": {about}") };
        self.line(0, &format!("{title}{about}"));
    }

    /// A line by itself.
    pub fn line(&mut self, indent: usize, text: &str) {
        self.text.push_str(format!("{}{text}", " ".repeat(indent)).trim_end());
        self.text.push('\n');
    }

    /// An empty line.
    pub fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Two columns with a sign between; the second is wrapped.
    pub fn row(&mut self, indent: usize, left: &str, sign: &str, right: &str) {
        let sign = if sign.is_empty() { String::new() } else { format!("{sign} ") };
        let start = format!("{}{left}", " ".repeat(indent));
        let gap = COLUMN.saturating_sub(start.chars().count()).max(2);
        let at = start.chars().count() + gap + sign.chars().count();
        let mut line = format!("{start}{}{sign}", " ".repeat(gap));
        let mut used = at;
        let mut first = true;
        for word in right.split(' ') {
            let length = word.chars().count();
            if !first && used + 1 + length > WIDTH {
                self.line(0, &line);
                line = " ".repeat(COLUMN + sign.chars().count());
                used = COLUMN + sign.chars().count();
                first = true;
            }
            if !first {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += length;
            first = false;
        }
        self.line(0, &line);
    }

    /// All of it.
    pub fn text(self) -> String {
        self.text
    }
}

/// `a`, `a and b`, `a, b and c`
pub fn list(all: &[String]) -> String {
    match all {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
