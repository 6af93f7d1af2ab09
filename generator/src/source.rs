//! The texts that a definition is made of, and places in them: a file and a range of bytes. Nothing here knows YAML.

/// What names of built-in files begin with.
pub const BUILT_IN: &str = "definitions/";

/// All files of a definition and of what it extends.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

/// One file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// From the folder that the tool runs in on: `banks/acme/adapter.yaml`.
    pub name: String,
    /// From the definition's own folder on, so that it is the same wherever that lies: `adapter.yaml`.
    pub below: String,
    /// Who wrote it.
    pub origin: Origin,
    /// Its text.
    pub text: String,
    lines: Vec<usize>,
}

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Of the definition itself.
    Own,
    /// Of a folder that it extends.
    Extended,
    /// Of a definition that this program brings along.
    BuiltIn,
}

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(usize);

/// A range of bytes in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// Its first byte.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
}

impl Place {
    /// The place of a part of a scalar, given in bytes of its text: where that stands as it is written, in quotes or
    /// without, else the whole.
    pub fn part(self, length: usize, at: std::ops::Range<usize>) -> Place {
        match self.end.saturating_sub(self.start).checked_sub(length) {
            Some(quotes @ (0 | 2)) => {
                let start = self.start + quotes / 2;
                Place { start: start + at.start, end: start + at.end, ..self }
            }
            _ => self,
        }
    }
}

impl Sources {
    /// Keeps a text of the definition itself.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let name = name.into();
        self.add_from(Origin::Own, name.clone(), name, text)
    }

    /// Keeps a text: its name from the folder of the tool on, and from the definition's folder on.
    pub fn add_from(&mut self, origin: Origin, name: String, below: String, text: impl Into<String>) -> FileId {
        let text = text.into();
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        self.files.push(SourceFile { name, below, origin, text, lines });
        FileId(self.files.len() - 1)
    }

    /// True for a place in a file of the definition itself.
    pub fn is_own(&self, place: Place) -> bool {
        self.file(place.file).is_some_and(|file| file.origin == Origin::Own)
    }

    /// Of two things that cannot both be, the one to be reported before the other: the later, unless the definition itself
    /// wrote the earlier alone.
    pub fn own_first<T: Copy>(&self, later: T, earlier: T, place: impl Fn(T) -> Place) -> (T, T) {
        let is_own = |one: T| self.is_own(place(one));
        if is_own(earlier) && !is_own(later) { (earlier, later) } else { (later, earlier) }
    }

    /// The file.
    pub fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0)
    }

    /// All files.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// Line and column of a place's start, both from 1, the column in characters.
    pub fn position(&self, place: Place) -> (usize, usize) {
        self.file(place.file).map_or((1, 1), |file| file.position(place.start))
    }

    /// `adapter.yaml:12`, wherever the definition lies.
    pub fn trace(&self, place: Place) -> String {
        let name = self.file(place.file).map_or("", |file| file.below.as_str());
        format!("{name}:{}", self.position(place).0)
    }

    /// `banks/acme/adapter.yaml:12`, from the folder that the tool runs in on.
    pub fn trace_here(&self, place: Place) -> String {
        self.file(place.file).map_or_else(String::new, |file| format!("{}:{}", file.name, file.position(place.start).0))
    }
}

impl SourceFile {
    /// As mistakes show it: `built in: powerauth-data-adapter/adapter.yaml` for what `show` prints.
    pub fn shown(&self) -> String {
        match (self.origin, self.name.strip_prefix(BUILT_IN)) {
            (Origin::BuiltIn, Some(name)) => format!("built in: {name}"),
            _ => self.name.clone(),
        }
    }

    fn position(&self, byte: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= byte).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or_default();
        let column = self.text.get(start..byte).map_or(1, |before| before.chars().count() + 1);
        (line, column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml", "jméno: Účet\nx: y\n");
        let start = "jméno: ".len();
        assert_eq!(sources.position(Place { file, start, end: start + 1 }), (1, 8));
        let start = "jméno: Účet\nx".len();
        assert_eq!(sources.trace(Place { file, start, end: start + 1 }), "a.yaml:2");
    }
}
