//! An option of a command, as a table of commands declares it.

use crate::knack::variables;

/// How many values an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    /// None: it is there or not.
    Flag,
    /// Exactly one.
    One,
    /// One or more, up to the next option.
    Many,
    /// Everything that follows, options included (`emulator run -- COMMAND`).
    Remainder,
}

/// What shells complete as an option's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// Nothing that we know.
    Nothing,
    /// A file name.
    File,
    /// One of these.
    Words(&'static [&'static str]),
}

/// The environment variable that stands in for an option. Its name follows from the option's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    /// There is none, or the option's help names it.
    None,
    /// `AZURE_COMMUNICATION_EMULATOR_…`; commas or blanks separate several values.
    Emulator,
    /// The same, or `…_FILE` with the name of a file that holds the value.
    EmulatorSecret,
    /// `AZURE_COMMUNICATION_EMULATOR_RUN_…`: `run` has an emulator of its own beside the one of `start`.
    EmulatorRun,
}

/// An option of a command.
#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// Its spellings, as the reference declares them (`--output`, `-o`).
    pub options: &'static [&'static str],
    /// How many values it takes.
    pub arity: Arity,
    /// Whether it must be given.
    pub required: bool,
    /// The flag that makes it optional.
    pub unless: Option<&'static str>,
    /// The arguments one of which must be given, this one among them. The command itself checks that.
    pub one_of: &'static [&'static str],
    /// Its summary, in the reference's words.
    pub help: &'static str,
    /// The heading under which help lists it, after the command's own.
    pub group: Option<&'static str>,
    /// The values that it may have; none where any may be given. In the reference's order.
    pub choices: &'static [&'static str],
    /// The default that help names.
    pub default: Option<&'static str>,
    /// Whether the reference lacks it. The reference's own commands do not take an abbreviation of it.
    pub extension: bool,
    /// Whether an empty value is refused before anything is sent.
    pub not_empty: bool,
    /// What shells complete as its value.
    pub completion: Completion,
    /// The variable that stands in for it.
    pub variable: Variable,
}

impl Argument {
    /// An optional argument with one value.
    pub const fn new(options: &'static [&'static str], help: &'static str) -> Self {
        Self {
            options,
            arity: Arity::One,
            required: false,
            unless: None,
            one_of: &[],
            help,
            group: None,
            choices: &[],
            default: None,
            extension: false,
            not_empty: false,
            completion: Completion::Nothing,
            variable: Variable::None,
        }
    }

    /// Makes it required.
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// Makes it optional where that flag is given.
    pub const fn unless(self, flag: &'static str) -> Self {
        Self { unless: Some(flag), ..self }
    }

    /// Says that one of these must be given, this one or another.
    pub const fn one_of(self, names: &'static [&'static str]) -> Self {
        Self { one_of: names, ..self }
    }

    /// Sets how many values it takes.
    pub const fn arity(self, arity: Arity) -> Self {
        Self { arity, ..self }
    }

    /// Puts it under a heading.
    pub const fn group(self, group: &'static str) -> Self {
        Self { group: Some(group), ..self }
    }

    /// Limits its values.
    pub const fn choices(self, choices: &'static [&'static str]) -> Self {
        Self { choices, completion: Completion::Words(choices), ..self }
    }

    /// Names its default.
    pub const fn default(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }

    /// Marks it as lacking in the reference. An empty value is then refused: it is a variable that is not set.
    pub const fn extension(self) -> Self {
        Self { extension: true, not_empty: true, ..self }
    }

    /// Refuses an empty value.
    pub const fn not_empty(self) -> Self {
        Self { not_empty: true, ..self }
    }

    /// Says what shells complete.
    pub const fn completion(self, completion: Completion) -> Self {
        Self { completion, ..self }
    }

    /// Says which variable stands in for it.
    pub const fn variable(self, variable: Variable) -> Self {
        Self { variable, ..self }
    }

    /// The name of its variable.
    pub fn variable_name(&self) -> Option<String> {
        match self.variable {
            Variable::None => None,
            Variable::Emulator | Variable::EmulatorSecret => Some(variables::name_of(self.key())),
            Variable::EmulatorRun => Some(variables::name_of(&self.key().replacen("--", "--run-", 1))),
        }
    }

    /// The name of the variable that names a file with its value.
    pub fn file_variable_name(&self) -> Option<String> {
        let name = self.variable_name().filter(|_| self.variable == Variable::EmulatorSecret)?;
        Some(format!("{name}_FILE"))
    }

    /// The names of the variables that stand in for it: its own, and the one that names a file.
    pub fn variable_names(&self) -> impl Iterator<Item = String> {
        [self.variable_name(), self.file_variable_name()].into_iter().flatten()
    }

    /// Its help with its variable.
    pub fn text(&self) -> String {
        match self.variable_help() {
            Some(variable) => format!("{} {variable}", self.help),
            None => self.help.to_owned(),
        }
    }

    fn variable_help(&self) -> Option<String> {
        let name = self.variable_name()?;
        let more = match (self.variable, self.arity) {
            (Variable::EmulatorSecret, _) => format!(", or {name}_FILE for a file"),
            (_, Arity::Many) => ", with commas or blanks between them".to_owned(),
            _ => String::new(),
        };
        Some(format!("Environment variable: {name}{more}."))
    }

    /// How errors name it, `--output/-o`.
    pub fn display_name(&self) -> String {
        self.options.join("/")
    }

    /// Its name among the parsed arguments: the first spelling.
    pub fn key(&self) -> &'static str {
        self.options[0]
    }
}
