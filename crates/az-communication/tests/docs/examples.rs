//! The `console` blocks of Markdown files, which are run in a shell.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::terminal;

/// A `console` block and how to run it.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub line: usize,
    pub commands: Vec<Example>,
    pub not_run: Option<String>,
    pub setup: Option<String>,
    pub typed: Option<String>,
    pub stopped: bool,
}

/// A command line and its output.
#[derive(Clone, Debug, Default)]
pub struct Example {
    pub line: usize,
    pub command: String,
    pub output: Vec<String>,
}

/// Returns the `console` blocks of a document.
pub fn blocks(text: &str) -> Vec<Block> {
    let (mut blocks, mut next, mut open) = (Vec::new(), Block::default(), false);
    let mut comment = String::new();
    for (number, line) in text.lines().enumerate() {
        if open {
            if line.trim_end() == "```" {
                open = false;
                blocks.push(std::mem::take(&mut next));
            } else if let Some(command) = line.strip_prefix("$ ") {
                next.commands.push(Example { line: number + 1, command: command.to_owned(), output: Vec::new() });
            } else if let Some(example) = next.commands.last_mut() {
                let continued = example.output.is_empty() && example.command.ends_with('\\');
                if continued {
                    example.command.push('\n');
                    example.command.push_str(line);
                } else {
                    example.output.push(line.to_owned());
                }
            }
        } else if line.trim_end() == "```console" {
            open = true;
            next.line = number + 1;
        } else if comment.is_empty() && !line.starts_with("<!-- ") {
            if !line.trim().is_empty() {
                next = Block::default();
            }
        } else {
            comment.push_str(line);
            comment.push('\n');
            if let Some(whole) = comment.trim_end().strip_suffix("-->") {
                read_comment(whole.trim_start_matches("<!--").trim(), &mut next);
                comment.clear();
            }
        }
    }
    blocks
}

fn read_comment(text: &str, block: &mut Block) {
    let value = |name: &str| text.strip_prefix(name).map(|value| value.trim().to_owned());
    block.not_run = value("not run:").or(block.not_run.take());
    block.setup = value("setup:").or(block.setup.take());
    block.typed = value("typed:").or(block.typed.take());
    block.stopped |= text == "stopped";
}

const MARK: &str = "@@example";

/// Runs the blocks in one shell. Returns the differences.
pub fn run(shell: &mut Command, blocks: &[Block], folder: &Path) -> Vec<String> {
    let mut script = String::from("exec 2>&1\n");
    for (index, example) in blocks.iter().flat_map(|block| block.commands.iter().map(move |e| (block, e))).enumerate() {
        let (block, example) = example;
        let is_first = std::ptr::eq(example, &raw const block.commands[0]);
        if let (true, Some(setup)) = (is_first, &block.setup) {
            script.push_str(&format!("{{ {setup}\n}} >/dev/null\n"));
        }
        script.push_str(&format!("printf '{MARK} {index}\\n'\n"));
        let is_last = std::ptr::eq(example, &raw const *block.commands.last().unwrap());
        if block.stopped && is_last {
            script.push_str(&format!(
                "set -m\n{} > stopped.out 2>stopped.err &\nset +m\nfor _ in $(seq 600); do [ -s stopped.out ] && break; sleep 0.05; \
                 done\ncat stopped.out\nkill -INT %1 2>/dev/null || kill -INT $!\nwait $!\n",
                example.command
            ));
        } else {
            script.push_str(&example.command);
        }
        script.push_str("\n__code=$?\n");
        script.push_str(&format!("printf '{MARK} code %s\\n' \"$__code\"\n"));
    }
    std::fs::write(folder.join("examples.sh"), &script).unwrap();
    let typed: Vec<&str> = blocks.iter().filter_map(|block| block.typed.as_deref()).collect();
    let mut terminal: Option<File> = None;
    if typed.is_empty() {
        shell.stdin(Stdio::null());
    } else {
        let (mut ours, theirs) = terminal::open();
        ours.write_all(format!("{}\n", typed.join("\n")).as_bytes()).unwrap();
        shell.stdin(theirs);
        terminal = Some(ours);
    }
    let output = shell.arg("examples.sh").output().unwrap();
    drop(terminal);
    let seen = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut failures = Vec::new();
    for (index, example) in blocks.iter().flat_map(|block| &block.commands).enumerate() {
        let start = format!("{MARK} {index}\n");
        let found = seen.split_once(&start).and_then(|(_, rest)| rest.split_once(&format!("{MARK} code ")));
        let Some((printed, rest)) = found else {
            failures.push(format!("{}: the shell ended before `{}`:\n{seen}", example.line, example.command));
            break;
        };
        let code = rest.lines().next().unwrap_or_default();
        let fails = example.output.iter().any(|line| line.starts_with("ERROR:"));
        if (code != "0") != fails {
            failures.push(format!("{}: `{}` ended with {code}:\n{printed}", example.line, example.command));
        } else if let Err(what) = compare(&example.output, printed) {
            failures.push(format!("{}: `{}`: {what}\n--- printed\n{printed}", example.line, example.command));
        }
    }
    failures
}

/// Compares the output with the expected lines. Without expected lines, any output is correct.
fn compare(expected: &[String], printed: &str) -> Result<(), String> {
    let expected: Vec<&String> = expected.iter().filter(|line| !line.is_empty()).collect();
    if expected.is_empty() {
        return Ok(());
    }
    // On a terminal, the typed answer ends the line of the question.
    let printed = printed.replace("(y/n): ", "(y/n):\n");
    // Most commands print the warning about a preview group first. README mentions it only once.
    let is_left_out =
        |line: &str| line.starts_with("WARNING: Command group") && !expected.iter().any(|shown| *shown == line);
    let lines: Vec<&str> = printed.lines().filter(|line| !line.is_empty() && !is_left_out(line)).collect();
    if lines.len() != expected.len() {
        return Err(format!("it prints {} lines, not {}", lines.len(), expected.len()));
    }
    for (expected, printed) in expected.iter().zip(lines) {
        if !matches(&normal(expected), &normal(printed)) {
            return Err(format!("it does not print {expected:?}"));
        }
    }
    Ok(())
}

/// Replaces the parts that differ from run to run: ids, tokens, dates, numbers, widths of columns, typed answers.
fn normal(line: &str) -> String {
    let line = line.replace("(y/n): y", "(y/n):");
    let mut out = String::new();
    for word in line.split_inclusive(|c: char| c.is_whitespace() || "\",".contains(c)) {
        let end = word.len()
            - word.chars().next_back().filter(|c| c.is_whitespace() || "\",".contains(*c)).map_or(0, char::len_utf8);
        let (word, separator) = word.split_at(end);
        let separator = if separator.trim().is_empty() && !separator.is_empty() { " " } else { separator };
        out.push_str(&match word {
            _ if word.starts_with("8:acs:") => "ID".into(),
            _ if word.starts_with("eyJ") => "TOKEN".into(),
            _ if !word.is_empty() && word.chars().all(|c| c == '-') => "-".into(),
            _ => numbers(word),
        });
        if !(separator == " " && out.ends_with(' ')) {
            out.push_str(separator);
        }
    }
    out.trim_end().to_owned()
}

/// Replaces each run of digits, dots, colons, signs and `T` that begins and ends with a digit by `0`.
fn numbers(word: &str) -> String {
    let mut out = String::new();
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        if !c.is_ascii_digit() {
            out.push(c);
            continue;
        }
        out.push('0');
        let mut rest: Vec<char> = chars.clone().take_while(|c| c.is_ascii_digit() || "-.:+T".contains(*c)).collect();
        while rest.last().is_some_and(|c| !c.is_ascii_digit()) {
            rest.pop();
        }
        for _ in rest {
            chars.next();
        }
    }
    out
}

/// Compares a line, in which `…` matches any text.
fn matches(expected: &str, printed: &str) -> bool {
    let mut parts = expected.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = printed.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}
