//! Generates command lines from the table of commands, and from golden cases with changes.

use serde_json::{Value, json};

use super::table::{Command, CommandOption};
use super::words::{self, CONFIGURATIONS, FILES, ODD, STRAY, VARIABLES};
use crate::cases::Case;
use crate::random::Random;

/// A case, and how its program is called.
#[derive(Debug, Clone)]
pub struct Line {
    /// The case.
    pub case: Case,
    /// Whether the program is called `az-communication`, as in packages.
    pub is_package: bool,
    /// Whether there is another `az` further down PATH.
    pub has_next: bool,
}

/// Commands that do not end by themselves. Their command lines are refused, or request help.
const ENDLESS: [&str; 1] = ["emulator start"];

/// Generates this number of command lines, for each command in turn.
pub fn of_table(commands: &[Command], golden: &[Case], count: usize, random: &mut Random) -> Vec<Line> {
    let line = |number: usize| {
        let command = &commands[number % commands.len()];
        let mut argv = words_of(command, number / commands.len(), random);
        if ENDLESS.iter().any(|path| command.path.join(" ").ends_with(path)) {
            argv.push((*random.pick(&["--help", "--port=x", "--nope", "--host"])).to_owned());
        }
        let mut case = Case {
            id: format!("table-{number:04}"),
            group: "table".into(),
            argv,
            responses: responses(command, golden, random),
            files: FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect(),
            ..Case::default()
        };
        surround(&mut case, random);
        let is_package = random.chance(20);
        if is_package && random.chance(60) && case.argv.first().is_some_and(|word| word == "communication") {
            case.argv.remove(0);
        }
        Line { case, is_package, has_next: !is_package && random.chance(30) }
    };
    (0..count).map(line).collect()
}

/// Changes this number of golden cases, each in one way.
pub fn of_golden(golden: &[Case], count: usize, random: &mut Random) -> Vec<Line> {
    // Cases in which requests are sent again take seconds.
    let quick: Vec<&Case> = golden.iter().filter(|case| !is_slow(&case.responses)).collect();
    let line = |number: usize| {
        let mut case = (*random.pick(&quick)).clone();
        case.id = format!("changed-{number:04}, of {}", case.id);
        case.group = "changed".into();
        for _ in 0..=random.below(2) {
            change(&mut case.argv, random);
        }
        if random.chance(15) {
            surround(&mut case, random);
        }
        let is_package = random.chance(10);
        Line { case, is_package, has_next: !is_package && random.chance(20) }
    };
    (0..count).map(line).collect()
}

/// Checks whether the program would wait before it sends the request again.
pub fn is_slow(responses: &[Value]) -> bool {
    let status = |response: &Value| response["status"].as_u64().unwrap_or_default();
    let again = |response: &Value| response.get("drop").is_some() || matches!(status(response), 408 | 429 | 500..);
    responses.iter().any(again)
}

/// Returns the words of a command line. Each command gets some lines of every kind.
fn words_of(command: &Command, turn: usize, random: &mut Random) -> Vec<String> {
    let mut words = command.path.clone();
    match turn % 12 {
        0 => words.push((*random.pick(&["-h", "--help", "--hel"])).to_owned()),
        1 => add(&mut words, required(command), random, Form::Good),
        2 => {
            add(&mut words, required(command), random, Form::Good);
            let output = ["--output".to_owned(), words::value("--output", &[], random)];
            words.extend(output);
        }
        3 => {
            add(&mut words, required(command), random, Form::Good);
            let query = ["--query".to_owned(), words::value("--query", &[], random)];
            words.extend(query);
        }
        4 => {
            add(&mut words, required(command), random, Form::Good);
            add(&mut words, some(command, random), random, Form::Any);
        }
        5 => add(&mut words, some(command, random), random, Form::Any),
        6 => add(&mut words, given(command, random), random, Form::Abbreviated),
        7 => add(&mut words, given(command, random), random, Form::Misspelled),
        8 => {
            add(&mut words, given(command, random), random, Form::Good);
            // The value of the last option is missing.
            words.pop();
        }
        9 => {
            add(&mut words, required(command), random, Form::Good);
            let at = random.below(words.len() + 1);
            words.insert(at, (*random.pick(STRAY)).to_owned());
        }
        10 => {
            let at = random.below(words.len());
            words[at] = words::misspelled(&words[at], random);
            add(&mut words, required(command), random, Form::Good);
        }
        _ => {
            add(&mut words, given(command, random), random, Form::Any);
            change(&mut words, random);
        }
    }
    words
}

/// The way in which options are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Good,
    Any,
    Abbreviated,
    Misspelled,
}

fn add(words: &mut Vec<String>, options: Vec<&CommandOption>, random: &mut Random, form: Form) {
    for option in options {
        let name = random.pick(&option.names).clone();
        let name = match form {
            Form::Good | Form::Any => name,
            Form::Abbreviated => words::abbreviated(&name, random),
            Form::Misspelled => words::misspelled(&name, random),
        };
        let value = match form {
            Form::Good => words::good_value(option.name(), &option.choices),
            _ => words::value(option.name(), &option.choices, random),
        };
        if !option.is_named() {
            words.push(value);
            if option.name() == "COMMAND" {
                words.extend(["printenv".to_owned(), "NO_SUCH_VARIABLE".to_owned()]);
            }
        } else if is_flag(option) {
            words.push(name);
        } else if random.chance(20) && name.starts_with("--") {
            words.push(format!("{name}={value}"));
        } else {
            words.extend([name, value]);
        }
    }
}

/// Checks whether an option is a flag. Help does not say which options have no value. A value after a flag is an
/// additional word, which both programs refuse.
fn is_flag(option: &CommandOption) -> bool {
    let flags =
        ["--yes", "--help", "--debug", "--verbose", "--only-show-errors", "--in-memory", "--throttle", "--no-verify"];
    flags.contains(&option.name())
}

fn required(command: &Command) -> Vec<&CommandOption> {
    let mut options: Vec<&CommandOption> = command.options.iter().filter(|option| option.required).collect();
    options.extend(command.options.iter().find(|option| option.name() == "--yes"));
    // A positional argument takes all words after it.
    options.sort_by_key(|option| !option.is_named());
    options
}

fn some<'a>(command: &'a Command, random: &mut Random) -> Vec<&'a CommandOption> {
    let named: Vec<&CommandOption> = command.options.iter().filter(|option| option.is_named()).collect();
    // A login without a key searches for a managed identity, which takes seconds on a machine without one.
    (0..=random.below(3)).filter(|_| !named.is_empty()).map(|_| *random.pick(&named)).collect()
}

fn given<'a>(command: &'a Command, random: &mut Random) -> Vec<&'a CommandOption> {
    let mut options = required(command);
    options.extend(some(command, random));
    options.sort_by_key(|option| !option.is_named());
    options
}

/// Changes some words of a command line.
fn change(words: &mut Vec<String>, random: &mut Random) {
    let at = random.below(words.len());
    let is_there = !words.is_empty();
    match random.below(10) {
        0 if is_there => {
            words.remove(at);
        }
        1 if is_there => words.insert(at, words[at].clone()),
        2 if at + 1 < words.len() => words.swap(at, at + 1),
        3 if is_there => words[at] = words::misspelled(&words[at], random),
        4 if is_there => words[at] = words::abbreviated(&words[at], random),
        5 => words.insert(at, (*random.pick(STRAY)).to_owned()),
        6 => words.extend(["-o".to_owned(), words::value("--output", &[], random)]),
        7 => words.extend(["--query".to_owned(), words::value("--query", &[], random)]),
        8 => words.push((*random.pick(&["-h", "--only-show-errors", "--verbose", "--debug", "--yes"])).to_owned()),
        _ if is_there => words[at] = (*random.pick(ODD)).to_owned(),
        _ => {}
    }
}

/// Sometimes adds variables, a configuration and stdin.
fn surround(case: &mut Case, random: &mut Random) {
    if random.chance(15) {
        let (name, value) = random.pick(VARIABLES);
        case.env.push(((*name).to_owned(), value.map(ToOwned::to_owned)));
    }
    if random.chance(8) {
        case.config = Some((*random.pick(CONFIGURATIONS)).to_owned());
    }
    if random.chance(30) && case.stdin.is_empty() {
        case.stdin = (*random.pick(&["y\n", "n\n", "8:acs:a\n", "\n"])).to_owned();
    }
}

/// Returns the responses of a golden case whose command has the same last word, or a response with a new user.
fn responses(command: &Command, golden: &[Case], random: &mut Random) -> Vec<Value> {
    let last = command.path.last();
    let same: Vec<&Case> = golden
        .iter()
        .filter(|case| case.argv.iter().take(5).any(|word| Some(word) == last))
        .filter(|case| !case.responses.is_empty() && !is_slow(&case.responses))
        .collect();
    if same.is_empty() {
        let json = json!({"content-type": "application/json; charset=utf-8"});
        return vec![json!({"status": 201, "headers": json, "body": {"identity": {"id": words::USER}}})];
    }
    random.pick(&same).responses.clone()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Command, CommandOption, is_slow, of_golden, of_table};
    use crate::cases::Case;
    use crate::random::Random;

    fn command() -> Command {
        let option = |name: &str, required| CommandOption { names: vec![name.into()], required, choices: Vec::new() };
        let path = ["communication", "emulator", "start"].map(ToOwned::to_owned).to_vec();
        Command { path, options: vec![option("--user", true), option("--port", false)] }
    }

    fn golden() -> Vec<Case> {
        vec![Case { id: "a".into(), argv: vec!["communication".into(), "start".into()], ..Case::default() }]
    }

    #[test]
    fn the_same_seed_gives_the_same_lines() {
        let lines = |seed| {
            let mut random = Random::new(seed);
            let mut lines = of_table(&[command()], &golden(), 50, &mut random);
            lines.extend(of_golden(&golden(), 50, &mut random));
            lines.into_iter().map(|line| line.case).collect::<Vec<_>>()
        };
        assert_eq!(lines(1), lines(1));
        assert_ne!(lines(1), lines(2));
    }

    #[test]
    fn a_command_that_does_not_end_is_always_given_what_ends_it() {
        let lines = of_table(&[command()], &[], 200, &mut Random::new(1));
        let ends = ["--help", "--port=x", "--nope", "--host"];
        assert!(lines.iter().all(|line| ends.contains(&line.case.argv.last().unwrap().as_str())));
    }

    #[test]
    fn what_is_sent_again_is_slow() {
        assert!(is_slow(&[json!({"status": 200}), json!({"status": 503})]));
        assert!(is_slow(&[json!({"drop": true})]));
        assert!(!is_slow(&[json!({"status": 404})]));
    }
}
