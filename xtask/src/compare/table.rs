//! The table of commands, read from the help pages of a program.

/// A command and its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The words of the command.
    pub path: Vec<String>,
    /// The options, including the options of all commands.
    pub options: Vec<CommandOption>,
}

/// An option of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandOption {
    /// The spellings. A positional argument has one word in capitals.
    pub names: Vec<String>,
    /// Whether it is required.
    pub required: bool,
    /// The allowed values. It is empty if help names none.
    pub choices: Vec<String>,
}

impl CommandOption {
    /// Returns the first spelling.
    pub fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// Returns whether it is an option such as `--user`, and not a positional argument.
    pub fn is_named(&self) -> bool {
        self.name().starts_with('-')
    }
}

/// Groups and commands that help does not list.
const HIDDEN: [&str; 6] = [
    "communication identity issue-access-token",
    "communication identity token",
    "communication identity user",
    "communication manual",
    "communication shim",
    "version",
];

/// Returns all commands below `communication`. `help` returns the help page of a path, or an empty text if there is
/// none.
pub fn read(mut help: impl FnMut(&[String]) -> String) -> Vec<Command> {
    let path = |line: &str| line.split(' ').map(ToOwned::to_owned).collect::<Vec<_>>();
    let mut open: Vec<Vec<String>> = HIDDEN.iter().rev().map(|line| path(line)).collect();
    open.push(path("communication"));
    let mut seen = Vec::new();
    let mut commands = Vec::new();
    while let Some(path) = open.pop() {
        if seen.contains(&path) {
            continue;
        }
        let page = help(&path);
        if page.trim_start().starts_with("Command\n") {
            commands.push(Command { path: path.clone(), options: options(&page) });
        }
        for name in children(&page).into_iter().rev() {
            open.push(path.iter().cloned().chain([name]).collect());
        }
        seen.push(path);
    }
    commands
}

/// Returns the names under `Subgroups:` and `Commands:` in the page of a group.
fn children(page: &str) -> Vec<String> {
    let mut inside = false;
    let mut names = Vec::new();
    for line in page.lines() {
        if !line.starts_with(' ') {
            inside = matches!(line, "Subgroups:" | "Commands:") || inside && line.is_empty();
        } else if let Some(entry) = entry(line).filter(|_| inside) {
            names.extend(entry.0.first().cloned());
        }
    }
    names
}

/// Returns the arguments in the page of a command.
fn options(page: &str) -> Vec<CommandOption> {
    let mut inside = false;
    let mut options: Vec<(CommandOption, String)> = Vec::new();
    for line in page.lines() {
        if !line.starts_with(' ') {
            inside = line.ends_with("Arguments") || inside && line.is_empty();
        } else if inside {
            match entry(line) {
                Some((names, required, text)) => {
                    options.push((CommandOption { names, required, choices: Vec::new() }, text));
                }
                None => {
                    if let Some((_, text)) = options.last_mut() {
                        text.push(' ');
                        text.push_str(line.trim());
                    }
                }
            }
        }
    }
    let with_choices = |(option, text): (CommandOption, String)| CommandOption { choices: choices(&text), ..option };
    options.into_iter().map(with_choices).collect()
}

/// Parses `    --user -u [Required] : Text.`. Returns the names, whether it is required, and the text.
fn entry(line: &str) -> Option<(Vec<String>, bool, String)> {
    let line = line.strip_prefix("    ").filter(|line| !line.starts_with(' '))?;
    let (head, text) = line.split_once(" : ")?;
    let (marks, names): (Vec<&str>, Vec<&str>) = head.split_whitespace().partition(|word| word.starts_with('['));
    Some((names.into_iter().map(ToOwned::to_owned).collect(), marks.contains(&"[Required]"), text.to_owned()))
}

/// Returns the values after `Allowed values:`.
fn choices(text: &str) -> Vec<String> {
    let Some((_, list)) = text.split_once("Allowed values: ") else { return Vec::new() };
    let list = list.split_once('.').map_or(list, |(list, _)| list);
    list.split(", ").map(|word| word.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn help_pages_tell_the_table() {
        let group = "\nGroup\n    az communication : Text.\n\nSubgroups:\n    shim [Preview] : Text : and\n                     more.\n\n\
                     Commands:\n    doctor : Text.\n\n";
        let command = "\nCommand\n    az communication doctor : Text.\n\nArguments\n    SHELL [Required] : Text.\n\n\
                       Global Arguments\n    --output -o : Format.  Allowed values: json,\n                  none.  Default: \
                       json.\n    --yes : Text.\n\nExamples\n    A : b\n";
        let commands = read(|path| match path.join(" ").as_str() {
            "communication" => group.into(),
            "communication doctor" => command.into(),
            _ => String::new(),
        });
        assert_eq!(commands.len(), 1);
        assert_eq!(commands[0].path, ["communication", "doctor"]);
        let options: Vec<_> = commands[0]
            .options
            .iter()
            .map(|option| (option.names.join(" "), option.required, option.choices.join(" ")))
            .collect();
        let expected = [("SHELL", true, ""), ("--output -o", false, "json none"), ("--yes", false, "")];
        assert_eq!(
            options,
            expected.map(|(names, required, choices)| (names.to_owned(), required, choices.to_owned()))
        );
    }
}
