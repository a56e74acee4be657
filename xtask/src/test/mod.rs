//! `test` and `docs`: the steps of CI, one after the other.

mod ahead;
mod ci_files;
mod ignored;
mod postgres;
mod steps;
mod tools;

use std::path::Path;

use crate::error::Error;
use crate::words::Words;
use ahead::Ahead;
use steps::{EXAMPLES, STEPS, Step};
use tools::Tools;

/// Parts of the lines of the steps that `docs` runs before the examples.
const DOCS: [&str; 2] = ["markdown", "cargo doc"];

/// Runs all steps, or those whose lines contain one of the words.
///
/// # Errors
///
/// When a step fails.
pub fn run(root: &Path, words: &[String]) -> Result<(), Error> {
    let mut words = Words::new(words);
    let lists = words.flag("--list");
    let chosen = choose(&words.rest()?)?;
    if lists {
        for step in chosen {
            println!("{}", step.line);
        }
        return Ok(());
    }
    run_steps(root, &chosen)
}

/// Runs the steps for documents.
///
/// # Errors
///
/// When one fails.
pub fn docs(root: &Path, words: &[String]) -> Result<(), Error> {
    Words::new(words).end()?;
    let mut chosen = choose(&DOCS.map(ToOwned::to_owned))?;
    chosen.push(&EXAMPLES);
    run_steps(root, &chosen)
}

fn run_steps(root: &Path, steps: &[&Step]) -> Result<(), Error> {
    let tools = Tools::install(root);
    // Without the early steps, nothing runs beside these builds.
    let _ahead = (steps.len() == STEPS.len()).then(|| Ahead::start(root));
    for step in steps {
        println!("\n== {}", step.line);
        step.run(&tools)?;
    }
    Ok(())
}

fn choose(words: &[String]) -> Result<Vec<&'static Step>, Error> {
    if let Some(word) = words.iter().find(|word| !STEPS.iter().any(|step| step.line.contains(word.as_str()))) {
        return Err(Error::new(format!("No step contains '{word}'. `cargo xtask test --list` prints the steps.")));
    }
    let is_chosen = |step: &&Step| words.is_empty() || words.iter().any(|word| step.line.contains(word.as_str()));
    Ok(STEPS.iter().filter(is_chosen).collect())
}

#[cfg(test)]
mod tests {
    use super::{DOCS, STEPS, choose};

    #[test]
    fn words_choose_steps_in_the_order_of_the_table() {
        let lines: Vec<&str> =
            choose(&["portable".into(), "fmt".into()]).unwrap().iter().map(|step| step.line).collect();
        assert_eq!(
            lines,
            [
                "cargo fmt --all --check",
                "cargo fmt --manifest-path xtask/Cargo.toml --check",
                "cargo fmt --manifest-path examples/chat-backend/Cargo.toml --check",
                "cargo clippy --workspace --all-targets --all-features -- -D warnings --cfg portable_system",
                "portable",
            ]
        );
        assert_eq!(choose(&[]).unwrap().len(), STEPS.len());
    }

    #[test]
    fn a_word_that_no_step_contains_is_refused() {
        let error = choose(&["portabel".into()]).unwrap_err().to_string();
        assert!(error.starts_with("No step contains 'portabel'."), "{error}");
    }

    #[test]
    fn every_step_of_docs_is_there() {
        assert_eq!(choose(&DOCS.map(ToOwned::to_owned)).unwrap().len(), DOCS.len());
    }
}
