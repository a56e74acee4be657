//! INI files as Python's `configparser.ConfigParser` reads them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A parsed file: options in sections. Option names are in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ini {
    sections: BTreeMap<String, BTreeMap<String, String>>,
}

/// An error in an INI file, or in a value that refers to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IniError {
    /// The line of the error, counted from 1, if the error is in a line.
    line: Option<usize>,
    what: String,
}

impl IniError {
    fn at(line: usize, what: impl Into<String>) -> Self {
        Self { line: Some(line), what: what.into() }
    }
}

impl fmt::Display for IniError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

impl std::error::Error for IniError {}

/// The error in `[core`.
const UNCLOSED: &str = "the section name lacks a ]";

/// The section whose options all other sections inherit.
const DEFAULT_SECTION: &str = "DEFAULT";

/// How deep `%(name)s` may be nested (`MAX_INTERPOLATION_DEPTH` of configparser).
const MAX_INTERPOLATION_DEPTH: usize = 10;

impl FromStr for Ini {
    type Err = IniError;

    fn from_str(text: &str) -> Result<Self, IniError> {
        let mut ini = Self::default();
        let mut section: Option<String> = None;
        // The option that an indented line continues, and the indentation of the option itself.
        let mut current: Option<String> = None;
        let mut indent = 0;
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let number = index + 1;
            let value = line.trim();
            if value.starts_with(['#', ';']) {
                continue;
            }
            if value.is_empty() {
                // An empty line may be part of a value of several lines. Otherwise, it is trimmed later.
                if let Some(value) = ini.value_mut(section.as_deref(), current.as_deref()) {
                    value.push('\n');
                }
                continue;
            }
            let this_indent = line.len() - line.trim_start().len();
            if this_indent > indent
                && let Some(continued) = ini.value_mut(section.as_deref(), current.as_deref())
            {
                continued.push('\n');
                continued.push_str(value);
                continue;
            }
            indent = this_indent;
            if let Some(name) = value.strip_prefix('[').and_then(|rest| rest.rfind(']').map(|end| &rest[..end])) {
                if name.is_empty() {
                    return Err(IniError::at(number, "a section without a name"));
                }
                if name != DEFAULT_SECTION && ini.sections.contains_key(name) {
                    return Err(IniError::at(number, format!("the section [{name}] occurs twice")));
                }
                ini.sections.entry(name.to_owned()).or_default();
                section = Some(name.to_owned());
                current = None;
                continue;
            }
            let opens_a_section = value.starts_with('[');
            let Some(name) = section.as_deref() else {
                if opens_a_section {
                    return Err(IniError::at(number, UNCLOSED));
                }
                return Err(IniError::at(number, "a line before the first [section]"));
            };
            let Some(at) = value.find(['=', ':']).filter(|at| *at > 0) else {
                if opens_a_section {
                    return Err(IniError::at(number, UNCLOSED));
                }
                return Err(IniError::at(number, "neither a [section] nor an option = value"));
            };
            let option = value[..at].trim_end().to_lowercase();
            let options = ini.sections.entry(name.to_owned()).or_default();
            if options.insert(option.clone(), value[at + 1..].trim().to_owned()).is_some() {
                return Err(IniError::at(number, format!("the option '{option}' occurs twice in [{name}]")));
            }
            current = Some(option);
        }
        for value in ini.sections.values_mut().flat_map(BTreeMap::values_mut) {
            value.truncate(value.trim_end().len());
        }
        Ok(ini)
    }
}

impl Ini {
    fn value_mut(&mut self, section: Option<&str>, option: Option<&str>) -> Option<&mut String> {
        self.sections.get_mut(section?)?.get_mut(option?)
    }

    fn raw(&self, section: &str, option: &str) -> Option<&str> {
        let own = self.sections.get(section)?.get(option);
        own.or_else(|| self.sections.get(DEFAULT_SECTION)?.get(option)).map(String::as_str)
    }

    /// Returns the value of an option. `%(name)s` is replaced by the values of other options, and `%%` by `%`.
    ///
    /// # Errors
    ///
    /// When a `%` is followed by something else, or when a reference names an option that does not exist, or refers to
    /// itself.
    pub fn get(&self, section: &str, option: &str) -> Result<Option<String>, IniError> {
        self.raw(section, option).map(|value| self.interpolate(section, value, 1)).transpose()
    }

    fn interpolate(&self, section: &str, value: &str, depth: usize) -> Result<String, IniError> {
        let error = |what: &str| IniError { line: None, what: what.to_owned() };
        if depth > MAX_INTERPOLATION_DEPTH {
            return Err(error("its %(name)s references are circular"));
        }
        let mut out = String::new();
        let mut rest = value;
        while let Some((before, behind)) = rest.split_once('%') {
            out.push_str(before);
            if let Some(behind) = behind.strip_prefix('%') {
                out.push('%');
                rest = behind;
                continue;
            }
            let (name, behind) = behind
                .strip_prefix('(')
                .and_then(|behind| behind.split_once(")s"))
                .ok_or_else(|| error("a '%' must be written as '%%'"))?;
            let referred = self
                .raw(section, &name.to_lowercase())
                .ok_or_else(|| error(&format!("it refers to the option '{name}', which does not exist")))?;
            out.push_str(&self.interpolate(section, referred, depth + 1)?);
            rest = behind;
        }
        out.push_str(rest);
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(text: &str, section: &str, option: &str) -> Result<Option<String>, String> {
        text.parse::<Ini>().and_then(|ini| ini.get(section, option)).map_err(|error| error.to_string())
    }

    #[test]
    fn values_are_read_as_by_configparser() {
        let text = "# c\n[core]\n; c\nOutput : table \nx = a\n  b\n\n[communication]\nconnection_string = a=b;c==\n";
        assert_eq!(get(text, "core", "output"), Ok(Some("table".into())));
        assert_eq!(get(text, "core", "x"), Ok(Some("a\nb".into())));
        assert_eq!(get(text, "communication", "connection_string"), Ok(Some("a=b;c==".into())));
        assert_eq!(get(text, "core", "missing"), Ok(None));
        assert_eq!(get(text, "missing", "output"), Ok(None));
    }

    #[test]
    fn defaults_are_inherited_and_references_are_replaced() {
        let text = "[DEFAULT]\nhost = h\n[a]\nurl = https://%(HOST)s/%%\nloop = %(loop)s\nbad = %x\n";
        assert_eq!(get(text, "a", "url"), Ok(Some("https://h/%".into())));
        assert_eq!(get(text, "a", "host"), Ok(Some("h".into())));
        assert!(get(text, "a", "loop").is_err_and(|error| error.contains("circular")));
        assert!(get(text, "a", "bad").is_err_and(|error| error.contains("'%%'")));
    }

    #[test]
    fn errors_name_the_line() {
        assert_eq!(get("[core\nbroken", "a", "b"), Err("line 1: the section name lacks a ]".into()));
        assert_eq!(get("[a]\nb = c\n[core\n", "a", "b"), Err("line 3: the section name lacks a ]".into()));
        assert_eq!(get("a = b\n[core]", "a", "b"), Err("line 1: a line before the first [section]".into()));
        assert_eq!(get("[a]\nbroken", "a", "b"), Err("line 2: neither a [section] nor an option = value".into()));
        assert_eq!(get("[a]\nx=1\nX=2", "a", "b"), Err("line 3: the option 'x' occurs twice in [a]".into()));
        assert_eq!(get("[a]\n[a]", "a", "b"), Err("line 2: the section [a] occurs twice".into()));
    }
}
