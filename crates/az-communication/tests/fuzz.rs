//! Fuzzing of all parsers for user input: 5 seconds each in CI, two minutes with AZ_LONG=1, without a panic or a hang.
//!
//! cargo-fuzz needs a nightly toolchain, so this test mutates a corpus with a dictionary itself. `AZ_FUZZ_SECONDS` sets
//! the time, and `AZ_TEST_SEED` (a number, or `random`) the seed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use acs_identity_protocol::ConnectionString;
use az_communication::commands::table::TABLE;
use az_communication::knack as cli;
use az_communication::knack::config::Ini;
use pyjmespath::{Expression, Value};

/// A random number generator (xorshift64*). It gives the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

/// Changes a text in a few places: inserts a word of the dictionary, removes, doubles or splices a part, or changes a
/// character.
fn mutate(random: &mut Random, corpus: &[String], dictionary: &[&str]) -> String {
    let mut text: Vec<char> = corpus[random.below(corpus.len())].chars().collect();
    for _ in 0..=random.below(6) {
        let at = random.below(text.len() + 1);
        let length = random.below(12).min(text.len() - at);
        match random.below(6) {
            0 | 1 => {
                let word: Vec<char> = random.pick(dictionary).chars().collect();
                text.splice(at..at, word);
            }
            2 => {
                text.drain(at..at + length);
            }
            3 => {
                let part: Vec<char> = text[at..at + length].to_vec();
                for _ in 0..random.below(40) {
                    text.splice(at..at, part.iter().copied());
                }
            }
            4 => {
                let other = &corpus[random.below(corpus.len())];
                text.splice(at..at, other.chars().skip(random.below(20)).take(random.below(30)));
            }
            _ => {
                let c = char::from_u32(random.below(0x11_0000) as u32).unwrap_or('\u{fffd}');
                let c = if random.below(2) == 0 { char::from(random.below(128) as u8) } else { c };
                text.insert(at, c);
            }
        }
    }
    text.truncate(4000);
    text.into_iter().collect()
}

fn fuzz(name: &str, seeds: &[&str], dictionary: &[&str], target: impl Fn(&str)) {
    let usual = if std::env::var_os("AZ_LONG").is_some() { 120 } else { 5 };
    let seconds = std::env::var("AZ_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let seed = match std::env::var("AZ_TEST_SEED") {
        Ok(seed) if seed == "random" => u64::from(std::process::id()),
        Ok(seed) => seed.parse().unwrap_or(1),
        Err(_) => 20_261_123,
    };
    let mut random = Random(seed.max(1));
    let mut corpus: Vec<String> = seeds.iter().map(|&seed| seed.to_owned()).collect();
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut runs = 0_u64;
    while Instant::now() < until {
        let text = mutate(&mut random, &corpus, dictionary);
        let started = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| target(&text)));
        assert!(result.is_ok(), "{name} panics at {text:?}");
        assert!(started.elapsed() < Duration::from_secs(5), "{name} hangs at {text:?}");
        runs += 1;
        // Some texts are kept in the corpus, so that they are changed further.
        if random.below(20) == 0 {
            if corpus.len() < 2000 {
                corpus.push(text);
            } else {
                let at = random.below(corpus.len());
                corpus[at] = text;
            }
        }
    }
    println!("{name}: {runs} inputs in {seconds} s");
    assert!(runs > 100, "too few inputs");
}

#[test]
#[ignore = "takes 5 s: run scripts/test.sh"]
fn query_parser() {
    let document = Value::from_json(r#"{"a": [1, 2.5, "x", null, {"b": [true]}], "c": {"d": "é"}}"#).unwrap();
    let seeds = [
        "a[?b == `1`].{x: c, y: d} | sort_by(@, &x)[0:2:-1] || !c && 'raw' == \"quoted\"",
        "map(&to_string(@), a[*][]) | join(',', @)",
        "merge(@, `{\"z\": [1, 2]}`).*",
    ];
    let dictionary = [
        "[",
        "]",
        "[?",
        "[]",
        "[*]",
        "{",
        "}",
        "(",
        ")",
        ".",
        "*",
        "@",
        "&",
        "|",
        "||",
        "&&",
        "!",
        "==",
        "<=",
        "`",
        "'",
        "\"",
        "\\",
        "\\u0041",
        "-1",
        "9999999999999999999999",
        ":",
        ",",
        "length",
        "sort_by",
        "max_by",
        "&a",
        "`null`",
    ];
    fuzz("query parser", &seeds, &dictionary, |text| {
        if let Ok(expression) = Expression::compile(text)
            && let Ok(value) = expression.search(&document)
        {
            let _ = value.to_json();
        }
    });
}

#[test]
#[ignore = "takes 5 s: run scripts/test.sh"]
fn argument_parser() {
    let seeds = [
        "communication\nuser-identity\ntoken\nissue\n--scope\nchat\nvoip\n--user\n8:acs:a_b\n-o\ntsv\n--query\ntoken",
        "communication\nidentity\ntoken\nrevoke\n--user=-1\n-y\n--connection-string=x;y=z",
        "communication\nemulator\nrun\n--access-key\nx\n--\nsh\n-c\nx",
        "communication\nuser-identity\nissue-access-token\n-s\nchat\n-u\nx\n-h",
    ];
    let dictionary = [
        "\n",
        "--",
        "-",
        "=",
        "-o",
        "-otable",
        "--s",
        "--scope",
        "--o",
        "-y",
        "-yo",
        "json",
        "--help",
        "-h",
        "--yes",
        "communication",
        "identity",
        "tokn",
        "\n-1\n",
        "\n-.5\n",
        " ",
        "é",
        "--query",
        "--debug",
        "@",
        "-ß",
    ];
    fuzz("argument parser", &seeds, &dictionary, |text| {
        let words: Vec<String> = text.split('\n').map(str::to_owned).collect();
        match cli::parse(&TABLE, &words).command {
            Ok(cli::ParsedCommand::CommandHelp(command)) => {
                cli::command_help(&TABLE, command, None, false);
            }
            Ok(cli::ParsedCommand::GroupHelp(path)) => {
                cli::group_help(&TABLE, &path, true);
            }
            _ => {}
        }
    });
}

#[test]
#[ignore = "takes 5 s: run scripts/test.sh"]
fn config_reader() {
    let seeds = [
        "[core]\noutput = table\nonly_show_errors: yes\n\n[communication]\nconnection_string = a=b;c==\n  more\n",
        "[DEFAULT]\nhost = h\n[a]\nurl = %(host)s/%%\nx = %(url)s\n",
    ];
    let dictionary = [
        "[",
        "]",
        "\n",
        "\n ",
        "=",
        ":",
        "%",
        "%(",
        ")s",
        "%(x)s",
        "%%",
        "#",
        ";",
        "[DEFAULT]",
        "\t",
        "\r",
        "\u{feff}",
    ];
    fuzz("config reader", &seeds, &dictionary, |text| {
        if let Ok(ini) = text.parse::<Ini>() {
            for (section, option) in
                [("core", "output"), ("communication", "connection_string"), ("a", "x"), ("a", "url")]
            {
                let _ = ini.get(section, option);
            }
        }
    });
}

#[test]
#[ignore = "takes 5 s: run scripts/test.sh"]
fn connection_string() {
    let seeds = [
        "endpoint=https://contoso.communication.azure.com/;accesskey=MDEyMzQ1Njc4OWFiY2RlZg==",
        "UseDevelopmentEmulator=true;",
        "accesskey=AA=A;Endpoint=h:1",
    ];
    let dictionary = [
        ";",
        "=",
        "==",
        "endpoint=",
        "accesskey=",
        "https://",
        "http://",
        "//",
        ":",
        "@",
        "[::1]",
        "é",
        "\0",
        " ",
        "AAAA",
    ];
    fuzz("connection string", &seeds, &dictionary, |text| {
        match text.parse::<ConnectionString>() {
            Ok(parsed) => {
                // An accepted connection string never shows its key, and its endpoint is the start of a URL.
                let shown = format!("{parsed:?}");
                assert!(shown.contains("AccessKey(..)") && parsed.https_endpoint().starts_with("https://"));
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    });
}
