//! Prints the items of a list one by one, so that earlier items are shown even if a later one fails.

use pyjmespath::Value;

use crate::knack::output::{Context, Format, colour, format, json};
use crate::report::error::CliError;
use crate::report::stdout::{print, print_part};

/// Prints the items of a list. The complete output is the same text as for the whole list.
#[derive(Debug)]
pub struct Items {
    format: Format,
    context: Context,
    count: usize,
}

impl Items {
    /// Creates a list in a format. Returns `None` if the format needs all items at once.
    pub fn new(format: Format, context: Context) -> Option<Self> {
        (format != Format::Table).then_some(Self { format, context, count: 0 })
    }

    /// Prints an item.
    ///
    /// # Errors
    ///
    /// When stdout cannot be written, or when its reader has closed it.
    pub fn push(&mut self, item: Value) -> Result<(), CliError> {
        let text = match self.format {
            Format::Json | Format::Jsonc => {
                let start = if self.count == 0 { "[\n" } else { ",\n" };
                let lines = json::format(&item);
                format!("{start}{}", self.coloured(&indented(&lines)))
            }
            _ => format(&Value::Array(vec![item].into()), self.format, self.context)?,
        };
        print_part(&text)?;
        self.count += 1;
        Ok(())
    }

    fn coloured(&self, json: &str) -> String {
        if self.format == Format::Jsonc && self.context.colour { colour::json(json) } else { json.to_owned() }
    }

    /// Prints the end of the list.
    ///
    /// # Errors
    ///
    /// When stdout cannot be written.
    pub fn end(self) -> Result<(), CliError> {
        match (self.format, self.count) {
            (_, 0) => print(&format(&Value::Array(Vec::new().into()), self.format, self.context)?),
            (Format::Json | Format::Jsonc, _) => print("\n]\n"),
            _ => Ok(()),
        }
    }
}

/// Indents the lines of a JSON text as an item of a list, without the line break at the end.
fn indented(json: &str) -> String {
    json.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_items_are_the_same_text_as_the_list() {
        let text = r#"[{"properties": {"id": "8:acs:a"}, "rawId": "8:acs:a"}, {"rawId": "8:acs:b"}]"#;
        let Ok(list) = Value::from_json(text) else { panic!("{text}") };
        let Value::Array(items) = &list else { panic!("{text}") };
        let whole = json::format(&list);
        let parts: Vec<String> = items.iter().map(|item| indented(&json::format(item))).collect();
        assert_eq!(format!("[\n{}\n]\n", parts.join(",\n")), whole);
        for kind in [Format::Yaml, Format::Yamlc, Format::Tsv, Format::None] {
            let part = |item: &Value| format(&Value::Array(vec![item.clone()].into()), kind, Context::default());
            let parts: Vec<String> = items.iter().map(|item| part(item).unwrap()).collect();
            assert_eq!(parts.concat(), format(&list, kind, Context::default()).unwrap(), "{kind:?}");
        }
    }
}
