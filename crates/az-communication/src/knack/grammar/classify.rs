//! Classifies each word for one parser: the first pass of argparse.

use crate::knack::argument::Argument;
use crate::knack::grammar::problem::Problem;

/// The class of a word for one parser.
pub(crate) enum Class {
    /// A value or a subcommand.
    Positional,
    /// `--`. All words after it are positional.
    Separator,
    /// An option, with the spelling that the word stands for, and with the value after `=` or directly after a short
    /// option.
    Option { argument: &'static Argument, spelling: String, explicit: Option<String> },
    /// The word looks like an option and is not one.
    Unknown,
}

impl Class {
    pub(crate) fn is_option(&self) -> bool {
        matches!(self, Self::Option { .. } | Self::Unknown)
    }
}

/// Classifies one word. Abbreviations of options that the reference lacks are accepted only in commands that it lacks.
///
/// # Errors
///
/// When the word is an abbreviation of more than one option.
pub(crate) fn classify_word(
    options: &[&'static Argument],
    word: &str,
    abbreviates_ours: impl Fn() -> bool,
) -> Result<Class, Problem> {
    if !word.starts_with('-') || word.len() == 1 {
        return Ok(Class::Positional);
    }
    let exact = |spelling: &str| options.iter().copied().find(|option| option.options.contains(&spelling));
    if let Some(argument) = exact(word) {
        return Ok(Class::Option { argument, spelling: word.to_owned(), explicit: None });
    }
    if let Some((spelling, value)) = word.split_once('=')
        && let Some(argument) = exact(spelling)
    {
        return Ok(Class::Option { argument, spelling: spelling.to_owned(), explicit: Some(value.to_owned()) });
    }
    let mut candidates = abbreviations(options, word);
    candidates.retain(|(argument, ..)| !argument.extension || abbreviates_ours());
    if candidates.len() > 1 {
        let candidates = candidates.iter().map(|(_, spelling, _)| *spelling).collect();
        return Err(Problem::Ambiguous { word: word.to_owned(), candidates });
    }
    if let Some((argument, spelling, explicit)) = candidates.pop() {
        return Ok(Class::Option { argument, spelling: spelling.to_owned(), explicit });
    }
    if is_negative_number(word) || word.contains(' ') {
        return Ok(Class::Positional);
    }
    Ok(Class::Unknown)
}

/// Returns the spellings that a word may abbreviate, with the value in the word.
fn abbreviations(options: &[&'static Argument], word: &str) -> Vec<(&'static Argument, &'static str, Option<String>)> {
    let spellings = options.iter().flat_map(|argument| argument.options.iter().map(move |s| (*argument, *s)));
    if word.starts_with("--") {
        let (prefix, explicit) = match word.split_once('=') {
            Some((prefix, value)) => (prefix, Some(value.to_owned())),
            None => (word, None),
        };
        return spellings
            .filter(|(_, spelling)| spelling.starts_with(prefix))
            .map(|(argument, spelling)| (argument, spelling, explicit.clone()))
            .collect();
    }
    let second = word.char_indices().nth(2).map_or(word.len(), |(at, _)| at);
    let (short, value) = word.split_at(second);
    spellings
        .filter_map(|(argument, spelling)| {
            if spelling == short {
                return Some((argument, spelling, Some(value.to_owned())));
            }
            spelling.starts_with(word).then_some((argument, spelling, None))
        })
        .collect()
}

/// Checks whether a word matches `^-\d+$|^-\d*\.\d+$`.
fn is_negative_number(word: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let Some(number) = word.strip_prefix('-') else {
        return false;
    };
    match number.split_once('.') {
        None => !number.is_empty() && digits(number),
        Some((whole, fraction)) => digits(whole) && !fraction.is_empty() && digits(fraction),
    }
}
