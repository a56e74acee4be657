//! An option of a command, as the table of commands declares it.

use crate::knack::variables;

/// How many values an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    /// It has no value: the flag is present or absent.
    Flag,
    /// Exactly one value.
    One,
    /// One or more values, up to the next option.
    Many,
    /// Exactly one word without an option in front, before or after the options (`emulator clock set TIME`). A command
    /// has at most one such argument.
    Positional,
    /// All remaining words, including options (`emulator run -- COMMAND`).
    Remainder,
}

/// The values of an option that shells complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// No known values.
    Nothing,
    /// File names.
    File,
    /// One of these words.
    Words(&'static [&'static str]),
}

/// What the value of an option is. Hints about accidentally copied characters depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A text of any kind.
    Text,
    /// An access token, which is sent unchanged.
    Token,
    /// A connection string. Its own error says when a value names a file that cannot be read.
    ConnectionString,
    /// An expression that may contain quotes and unusual characters.
    Expression,
}

/// The environment variable that replaces an option that is not given. Its name is derived from the name of the option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    /// The option has no variable, or its help text already names the variable.
    None,
    /// `AZURE_COMMUNICATION_EMULATOR_…`. Several values are separated by commas or blanks.
    Emulator,
    /// The same, or `…_FILE` with the name of a file that contains the value.
    EmulatorSecret,
    /// `AZURE_COMMUNICATION_EMULATOR_RUN_…`. The emulator of `run` is separate from the emulator of `start`, and so are
    /// its variables.
    EmulatorRun,
}

/// An option of a command.
#[derive(Debug, Clone, Copy)]
pub struct Argument {
    /// The spellings, as the reference declares them (`--output`, `-o`).
    pub options: &'static [&'static str],
    /// How many values the option takes.
    pub arity: Arity,
    /// Whether the option is required.
    pub required: bool,
    /// The flag that makes the option optional.
    pub unless: Option<&'static str>,
    /// The arguments of which one is required, including this one. The command itself checks this.
    pub one_of: &'static [&'static str],
    /// The summary. For options of the reference, this is the text of the reference.
    pub help: &'static str,
    /// The heading of the option in help. Headings come after the options of the command that have none.
    pub group: Option<&'static str>,
    /// The allowed values, in the order of the reference. If it is empty, any value is allowed.
    pub choices: &'static [&'static str],
    /// Whether the value can have more than one of them, separated by commas.
    pub separated: bool,
    /// Returns the allowed value that is meant by one of another world, where letters alone do not show it.
    pub meant: fn(&str) -> Option<&'static str>,
    /// The default that help shows.
    pub default: Option<&'static str>,
    /// Whether the reference lacks the option. The commands of the reference do not accept an abbreviation of such an
    /// option.
    pub extension: bool,
    /// Whether an empty value is refused before anything is sent.
    pub not_empty: bool,
    /// The values that shells complete.
    pub completion: Completion,
    /// The variable that replaces the option when it is not given.
    pub variable: Variable,
    /// The kind of its value.
    pub content: Content,
    /// The hint for a word that is not an option, because it may be a value without its option.
    pub without_option: Option<&'static str>,
}

impl Argument {
    /// Creates an optional argument with one value.
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
            separated: false,
            meant: |_| None,
            default: None,
            extension: false,
            not_empty: false,
            completion: Completion::Nothing,
            variable: Variable::None,
            content: Content::Text,
            without_option: None,
        }
    }

    /// Makes it required.
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// Makes it optional if that flag is given.
    pub const fn unless(self, flag: &'static str) -> Self {
        Self { unless: Some(flag), ..self }
    }

    /// Declares that one of these arguments is required. This argument is one of them.
    pub const fn one_of(self, names: &'static [&'static str]) -> Self {
        Self { one_of: names, ..self }
    }

    /// Sets how many values it takes.
    pub const fn arity(self, arity: Arity) -> Self {
        Self { arity, ..self }
    }

    /// Puts it under a heading of help.
    pub const fn group(self, group: &'static str) -> Self {
        Self { group: Some(group), ..self }
    }

    /// Sets the allowed values.
    pub const fn choices(self, choices: &'static [&'static str]) -> Self {
        Self { choices, completion: Completion::Words(choices), ..self }
    }

    /// Sets the words that its value can have, separated by commas.
    pub const fn list_of(self, words: &'static [&'static str]) -> Self {
        Self { separated: true, ..self.choices(words) }
    }

    /// Sets how an allowed value is found for one that is not.
    pub const fn meant(self, meant: fn(&str) -> Option<&'static str>) -> Self {
        Self { meant, ..self }
    }

    /// Returns the first word of a value that is not allowed.
    pub fn not_allowed<'a>(&self, value: &'a str) -> Option<&'a str> {
        let is_allowed = |word: &&str| self.choices.is_empty() || self.choices.contains(word);
        match self.separated {
            true => value.split(',').find(|word| !is_allowed(word)),
            false => Some(value).filter(|value| !is_allowed(value)),
        }
    }

    /// Sets the default that help shows.
    pub const fn default(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }

    /// Marks it as an option that the reference lacks. An empty value is then refused, because it usually comes from a
    /// shell variable that is not set.
    pub const fn extension(self) -> Self {
        Self { extension: true, not_empty: true, ..self }
    }

    /// Refuses an empty value.
    pub const fn not_empty(self) -> Self {
        Self { not_empty: true, ..self }
    }

    /// Sets the values that shells complete.
    pub const fn completion(self, completion: Completion) -> Self {
        Self { completion, ..self }
    }

    /// Sets the variable that replaces it.
    pub const fn variable(self, variable: Variable) -> Self {
        Self { variable, ..self }
    }

    /// Sets what its value is.
    pub const fn content(self, content: Content) -> Self {
        Self { content, ..self }
    }

    /// Sets the hint for words that are not options.
    pub const fn without_option(self, hint: &'static str) -> Self {
        Self { without_option: Some(hint), ..self }
    }

    /// Returns the name of its variable.
    pub fn variable_name(&self) -> Option<String> {
        match self.variable {
            Variable::None => None,
            Variable::Emulator | Variable::EmulatorSecret => Some(variables::name_of(self.key())),
            Variable::EmulatorRun => Some(variables::name_of(&self.key().replacen("--", "--run-", 1))),
        }
    }

    /// Returns the name of the variable that names a file with the value.
    pub fn file_variable_name(&self) -> Option<String> {
        let name = self.variable_name().filter(|_| self.variable == Variable::EmulatorSecret)?;
        Some(format!("{name}_FILE"))
    }

    /// Returns the names of the variables that replace it: its own variable and the variable that names a file.
    pub fn variable_names(&self) -> impl Iterator<Item = String> {
        [self.variable_name(), self.file_variable_name()].into_iter().flatten()
    }

    /// Returns its help text, with the name of its variable.
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
            (_, Arity::Many) => ", with commas or blanks between the values".to_owned(),
            _ => String::new(),
        };
        Some(format!("Environment variable: {name}{more}."))
    }

    /// Returns whether it is a word of its own, without an option in front.
    pub fn is_positional(&self) -> bool {
        matches!(self.arity, Arity::Positional | Arity::Remainder)
    }

    /// Returns its name in errors, `--output/-o`.
    pub fn display_name(&self) -> String {
        self.options.join("/")
    }

    /// Returns its key among the parsed arguments: the first spelling.
    pub const fn key(&self) -> &'static str {
        self.options[0]
    }
}
