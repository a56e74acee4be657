//! Parses the words after a command: options, and other words.

use std::str::FromStr;

use crate::error::Error;

/// The words that were not read yet.
#[derive(Debug)]
pub struct Words(Vec<String>);

impl Words {
    /// Takes the words after a command.
    pub fn new(words: &[String]) -> Self {
        Self(words.to_vec())
    }

    /// Returns whether a flag is given.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != name);
        self.0.len() < before
    }

    /// Returns the value of an option: the next word, or the text after `=`.
    ///
    /// # Errors
    ///
    /// When the value is missing.
    pub fn value(&mut self, name: &str) -> Result<Option<String>, Error> {
        let inline = format!("{name}=");
        let Some(at) = self.0.iter().position(|word| word == name || word.starts_with(&inline)) else {
            return Ok(None);
        };
        let word = self.0.remove(at);
        if let Some(value) = word.strip_prefix(&inline) {
            return Ok(Some(value.to_owned()));
        }
        if at == self.0.len() {
            return Err(Error::new(format!("{name} needs a value.")));
        }
        Ok(Some(self.0.remove(at)))
    }

    /// Returns the value of an option that is a number.
    ///
    /// # Errors
    ///
    /// When it is not a number, or missing.
    pub fn number<T: FromStr>(&mut self, name: &str, default: T) -> Result<T, Error> {
        match self.value(name)? {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| Error::new(format!("{name} must be a number, but it is '{text}'."))),
        }
    }

    /// Returns the other words, which must not be options.
    ///
    /// # Errors
    ///
    /// When there is an option.
    pub fn rest(self) -> Result<Vec<String>, Error> {
        match self.0.iter().find(|word| word.starts_with('-')) {
            Some(option) => {
                Err(Error::new(format!("{option} is not an option. `cargo xtask --help` lists the options.")))
            }
            None => Ok(self.0),
        }
    }

    /// Checks that no words are left.
    ///
    /// # Errors
    ///
    /// When a word is left.
    pub fn end(self) -> Result<(), Error> {
        match self.rest()?.first() {
            Some(word) => {
                Err(Error::new(format!("'{word}' is not expected here. `cargo xtask --help` shows the usage.")))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    fn words(line: &str) -> Words {
        Words(line.split(' ').map(ToOwned::to_owned).collect())
    }

    #[test]
    fn a_value_is_the_next_word_or_follows_an_equals_sign() {
        let mut two = words("--seed 7 a --count=9 b");
        assert_eq!(two.number("--seed", 1).unwrap(), 7);
        assert_eq!(two.number("--count", 1).unwrap(), 9);
        assert_eq!(two.number("--other", 1).unwrap(), 1);
        assert_eq!(two.rest().unwrap(), ["a", "b"]);
    }

    #[test]
    fn errors_name_the_word() {
        let text = |error: crate::error::Error| error.to_string();
        assert_eq!(text(words("--seed").value("--seed").unwrap_err()), "--seed needs a value.");
        assert_eq!(text(words("--seed x").number("--seed", 1).unwrap_err()), "--seed must be a number, but it is 'x'.");
        assert!(text(words("--sed 1").rest().unwrap_err()).starts_with("--sed is not an option."));
        assert!(text(words("a").end().unwrap_err()).starts_with("'a' is not expected here."));
    }
}
