//! A defect as cargo-mutants lists it.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::error::Error;

/// A piece of code and its replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// The crate.
    pub package: String,
    /// The file, relative to the repository.
    pub file: String,
    /// The function with its type. It is empty outside of functions.
    pub function: String,
    /// The change, such as `replace == with != in f`, without the place.
    pub change: String,
    /// The code that replaces the original code.
    pub replacement: String,
    /// The kind of change.
    pub genre: String,
    /// How many defects with the same change come before it in the file.
    pub nth: usize,
    /// The line in which the code begins, without its indentation.
    pub line: String,
    /// The start and the end of the code: lines and columns from 1, in characters. The end is exclusive.
    pub span: [(usize, usize); 2],
}

impl Defect {
    /// Reads all defects of a list.
    ///
    /// # Errors
    ///
    /// When the list of cargo-mutants has another format.
    pub fn read_all(list: &Value) -> Result<Vec<Self>, Error> {
        let mut before: HashMap<(String, String), usize> = HashMap::new();
        let list = list.as_array().ok_or_else(|| Error::new("cargo-mutants printed no list."))?;
        list.iter()
            .map(|value| {
                let mut defect =
                    Self::read(value).ok_or_else(|| Error::new(format!("cargo-mutants lists {value}.")))?;
                let nth = before.entry((defect.file.clone(), defect.change.clone())).or_default();
                defect.nth = *nth;
                *nth += 1;
                Ok(defect)
            })
            .collect()
    }

    fn read(value: &Value) -> Option<Self> {
        let text = |value: &Value| Some(value.as_str()?.to_owned());
        let number = |value: &Value| usize::try_from(value.as_u64()?).ok();
        let place = |value: &Value| Some((number(&value["line"])?, number(&value["column"])?));
        // The name has the format `FILE:12:5: replace …`.
        let (_, change) = value["name"].as_str()?.split_once(": ")?;
        Some(Self {
            package: text(&value["package"])?,
            file: text(&value["file"])?,
            function: text(&value["function"]["function_name"]).unwrap_or_default(),
            change: change.to_owned(),
            replacement: text(&value["replacement"])?,
            genre: text(&value["genre"])?,
            nth: 0,
            line: String::new(),
            span: [place(&value["span"]["start"])?, place(&value["span"]["end"])?],
        })
    }

    /// Returns the data from which the defect is found again after the code was moved.
    pub fn to_json(&self) -> Value {
        json!({
            "package": self.package, "file": self.file, "function": self.function, "change": self.change,
            "replacement": self.replacement, "genre": self.genre, "nth": self.nth, "line": self.line,
        })
    }

    /// Reads the data that [`Defect::to_json`] returns.
    pub fn of_json(value: &Value) -> Option<Self> {
        let text = |name: &str| Some(value[name].as_str()?.to_owned());
        Some(Self {
            package: text("package")?,
            file: text("file")?,
            function: text("function")?,
            change: text("change")?,
            replacement: text("replacement")?,
            genre: text("genre")?,
            nth: usize::try_from(value["nth"].as_u64()?).ok()?,
            line: text("line")?,
            span: [(0, 0); 2],
        })
    }

    /// Sets the line from the code of its file.
    pub fn with_line(self, code: &str) -> Self {
        let line = code.lines().nth(self.span[0].0.saturating_sub(1)).unwrap_or_default().trim().to_owned();
        Self { line, ..self }
    }

    /// Returns the code of a file with the defect in it.
    pub fn apply(&self, code: &str) -> Option<String> {
        let [start, end] = self.span.map(|place| offset(code, place));
        let (before, after) = (code.get(..start?)?, code.get(end?..)?);
        Some(format!("{before}{} /* a defect */{after}", self.replacement))
    }

    /// Returns the last word of a path: `b` of `a::B::b`.
    pub fn short_function(&self) -> &str {
        self.function.rsplit("::").next().unwrap_or_default()
    }

    /// Returns the file's name without its folder.
    pub fn file_name(&self) -> &str {
        self.file.rsplit('/').next().unwrap_or_default()
    }

    /// Makes a defect for tests.
    #[cfg(test)]
    pub fn test(file: &str, change: &str, nth: usize) -> Self {
        let function = change.rsplit(' ').next().unwrap_or_default().to_owned();
        Self {
            package: "p".into(),
            file: file.into(),
            function,
            change: change.into(),
            replacement: "r".into(),
            genre: "FnValue".into(),
            nth,
            line: format!("{change};"),
            span: [(1, 1), (1, 1)],
        }
    }
}

/// Returns the byte offset of a line and a column.
fn offset(code: &str, (line, column): (usize, usize)) -> Option<usize> {
    let begin: usize = code.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let rest = code.get(begin..)?;
    let columns = rest.char_indices().map(|(at, _)| at).chain([rest.len()]).nth(column.checked_sub(1)?)?;
    Some(begin + columns)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Defect;

    fn listed(name: &str, start: (usize, usize), end: (usize, usize)) -> serde_json::Value {
        let place = |(line, column): (usize, usize)| json!({"line": line, "column": column});
        json!({
            "name": name, "package": "p", "file": "a.rs", "function": {"function_name": "A::f"}, "replacement": "!=",
            "genre": "BinaryOperator", "span": {"start": place(start), "end": place(end)},
        })
    }

    #[test]
    fn a_defect_takes_the_place_of_its_code() {
        let list = json!([listed("a.rs:2:5: replace == with != in A::f", (2, 5), (2, 7))]);
        let defect = &Defect::read_all(&list).unwrap()[0];
        assert_eq!(defect.apply("é\n1é  == 2\n").unwrap(), "é\n1é  != /* a defect */ 2\n");
        assert_eq!(defect.apply("short\n"), None);
        assert_eq!(defect.clone().with_line("é\n  1 == 2\n").line, "1 == 2");
    }

    #[test]
    fn the_same_change_is_counted_in_its_file() {
        let name = "a.rs:2:5: replace == with != in A::f";
        let list = json!([listed(name, (2, 5), (2, 7)), listed(name, (3, 5), (3, 7))]);
        let nths: Vec<usize> = Defect::read_all(&list).unwrap().iter().map(|defect| defect.nth).collect();
        assert_eq!(nths, [0, 1]);
    }

    #[test]
    fn what_is_kept_can_be_read_again() {
        let defect = Defect::test("a/b.rs", "replace f with g", 3);
        let read = Defect::of_json(&defect.to_json()).unwrap();
        assert_eq!(Defect { span: defect.span, ..read }, defect);
    }
}
