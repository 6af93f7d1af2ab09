//! Lines of an explanation: headings, and tables whose last column is wrapped to the width of a terminal.

/// Where lines end.
const WIDTH: usize = 118;
/// Between two columns.
const GAP: usize = 2;

/// A text in the making.
#[derive(Debug, Default)]
pub struct Lines {
    text: String,
}

/// Rows of columns; empty columns at the end are left out.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Adds a row.
    pub fn row<const N: usize>(&mut self, columns: [&str; N]) {
        self.rows.push(columns.iter().map(|column| (*column).to_owned()).collect());
    }
}

impl Lines {
    /// A title with its place at the right.
    pub fn head(&mut self, title: &str, place: &str) {
        let gap = WIDTH.saturating_sub(title.chars().count() + place.chars().count()).max(GAP);
        self.line(&format!("{title}{}{place}", " ".repeat(gap)));
    }

    /// A line by itself.
    pub fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    /// An empty line.
    pub fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A table, two blanks in.
    pub fn table(&mut self, table: &Table) {
        let columns = table.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            // The last cell of a row may be long; it stands below no other.
            let cells = table.rows.iter().filter(|row| row.len() > column + 1).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &table.rows {
            self.table_row(row, &widths);
        }
    }

    fn table_row(&mut self, row: &[String], widths: &[usize]) {
        let Some((last, first)) = row.split_last() else { return };
        let mut line = " ".repeat(GAP);
        for (cell, width) in first.iter().zip(widths).filter(|(_, width)| **width > 0) {
            let fill = width.saturating_sub(cell.chars().count()) + GAP;
            line.push_str(cell);
            line.push_str(&" ".repeat(fill));
        }
        let hang = line.chars().count();
        for (at, part) in wrap(last, WIDTH.saturating_sub(hang).max(30)).into_iter().enumerate() {
            if at > 0 {
                line = " ".repeat(hang);
            }
            line.push_str(&part);
            self.line(&line);
        }
    }

    /// All of it.
    pub fn text(self) -> String {
        self.text
    }
}

/// Lines of at most so many characters, broken at blanks.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let fits = |line: &String| line.chars().count() + 1 + word.chars().count() <= width;
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if fits(line) => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// `a`, `a and b`, `a, b and c`
pub fn list(all: &[String]) -> String {
    match all {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// `payloads.yaml:33`, without the folder, which stands in the title.
pub fn short(trace: &str) -> &str {
    trace.rsplit('/').next().unwrap_or(trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let mut table = Table::default();
        table.row(["a", "", "one"]);
        table.row(["bbb", "", "two"]);
        let mut lines = Lines::default();
        lines.table(&table);
        assert_eq!(lines.text(), "  a    one\n  bbb  two\n");
    }

    #[test]
    fn long_lines_are_broken_at_blanks() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
    }
}
