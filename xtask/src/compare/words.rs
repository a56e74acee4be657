//! Words for command lines: values of options, and typical mistakes.

use crate::random::Random;

/// A raw id of a user.
pub const USER: &str = "8:acs:b6aada1f-0b1d-47ac-866f-91aae00a1d01_00000005-14a2-493b-8a72-5a3a0d000081";
/// A well-formed token that has expired.
const TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEwNiIsInR5cCI6IkpXVCJ9.\
                     eyJza3lwZWlkIjoiYWNzOngiLCJzY3AiOjE3OTIsImV4cCI6MTc5NTQ4NzIxOH0.c2ln";
const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// Values of options, by name. Other options get values of [`ODD`].
const VALUES: &[(&str, &[&str])] = &[
    ("--aad-token", &[TOKEN, "aad-123-xyz"]),
    ("--aad-user", &["uid", "11111111-1111-1111-1111-111111111111"]),
    ("--auth-mode", &["key"]),
    ("--client", &["app-id-123-xyz", "22222222-2222-2222-2222-222222222222"]),
    ("--concurrency", &["1", "16", "0", "257"]),
    (
        "--connection-string",
        &["endpoint={{endpoint}}/;accesskey=MDEyMw==", "endpoint={{endpoint}}/", "nonsense", ";;="],
    ),
    ("--count", &["1", "2", "0", "-1", "x"]),
    ("--endpoint", &["{{endpoint}}", "http://{{hostport}}", "localhost", "ftp://x"]),
    ("--expires-in", &["90m", "1h30m", "1d", "PT90M", "60", "59m", "25h", "x"]),
    ("--jwks", &["{{endpoint}}/keys", "keys.json", "missing.json"]),
    ("--names-from", &["names", "missing", "empty"]),
    ("--out-file", &["-", "out.jsonl", "no/such/folder"]),
    ("--out-dir", &["pages", "names"]),
    ("--output", &["json", "jsonc", "none", "table", "tsv", "yaml", "yamlc", "xml", "", "JSON", "js", "tab"]),
    ("--query", QUERIES),
    ("--refresh", &["0", "1h", "x"]),
    ("--scope", &["chat", "voip", "chat.join", "x", ""]),
    ("--subscription", &["sub", ""]),
    ("--token", &[TOKEN, "-", "a.b.c", "x", "@token"]),
    ("--user", &[USER, "8:acs:x", "", "@user", "28:orgid:x"]),
    ("--users-from", &["users", "missing", "empty"]),
    ("SHELL", &["bash", "zsh", "fish", "powershell", "csh", ""]),
    ("COMMAND", &["--"]),
];

/// Queries. Some of them are not valid.
const QUERIES: &[&str] = &[
    "token",
    "user_id",
    "[token, user_id]",
    "{t: token}",
    "length(@)",
    "keys(@)",
    "@",
    "[]",
    "[*]",
    "[?x]",
    "missing.x",
    "to_string(@)",
    "join(',', keys(@))",
    "sort(values(@))",
    "max_by(@, &x)",
    "token[0]",
    "",
    "[",
    "a.",
    "foo(",
    "nope(@)",
    "`1`",
    "'x",
    "!",
];

/// Values that no option accepts.
pub const ODD: &[&str] =
    &["x", "", "-1", "@missing", "@text", "@", "a b", "é", "=", "0", "https://x", "1h", "9999999999999999999"];

/// Words at places where no word is expected.
pub const STRAY: &[&str] =
    &["--", "-", "--nope", "-x", "extra", "", "--output", "-o", "--help", "-h", "--=x", "-oo", "@text", "--version"];

/// The files of the working directory.
pub const FILES: &[(&str, &str)] = &[
    ("text", "chat"),
    ("user", USER),
    ("token", TOKEN),
    ("users", "8:acs:a\n8:acs:b\n\n8:acs:a\n"),
    ("names", "one\ntwo\n"),
    ("empty", ""),
    ("keys.json", "{\"keys\":[]}"),
];

/// Variables that change the behaviour of a command.
pub const VARIABLES: &[(&str, Option<&str>)] = &[
    ("AZURE_CORE_OUTPUT", Some("table")),
    ("AZURE_CORE_OUTPUT", Some("nope")),
    ("AZURE_CORE_ONLY_SHOW_ERRORS", Some("true")),
    ("AZURE_CORE_NO_COLOR", Some("yes")),
    ("AZURE_CORE_DISABLE_CONFIRM_PROMPT", Some("true")),
    ("AZURE_COMMUNICATION_CONNECTION_STRING", None),
    ("AZURE_COMMUNICATION_CONNECTION_STRING", Some("")),
    ("AZURE_COMMUNICATION_CONNECTION_STRING", Some("endpoint={{endpoint}}/")),
    ("AZURE_COMMUNICATION_ENDPOINT", Some("{{endpoint}}")),
    ("COLUMNS", Some("60")),
    ("LC_ALL", Some("C")),
    ("HTTPS_PROXY", Some("http://127.0.0.1:9")),
    ("REQUESTS_CA_BUNDLE", Some("missing.pem")),
    ("AZURE_COMMUNICATION_EMULATOR_PORT", Some("x")),
];

/// Configurations of the user.
pub const CONFIGURATIONS: &[&str] = &[
    "[core]\noutput = table\n",
    "[core]\nonly_show_errors = true\n[communication]\nconnection_string = endpoint={{endpoint}}/;accesskey=MDEyMw==\n",
    "[core\n",
    "[core]\noutput = nope\n",
    "",
];

/// Returns a value for an option of this name.
pub fn value(name: &str, choices: &[String], random: &mut Random) -> String {
    if !choices.is_empty() && random.chance(60) {
        return random.pick(choices).clone();
    }
    match VALUES.iter().find(|(known, _)| *known == name) {
        Some((_, values)) if random.chance(85) => (*random.pick(values)).to_owned(),
        _ => (*random.pick(ODD)).to_owned(),
    }
}

/// Returns a value with which a command succeeds, as far as it is known.
pub fn good_value(name: &str, choices: &[String]) -> String {
    let known = VALUES.iter().find(|(known, _)| *known == name).map(|(_, values)| values[0].to_owned());
    known.or_else(|| choices.first().cloned()).unwrap_or_else(|| KEY.to_owned())
}

/// Returns a word with a typing error: a letter is missing, doubled, exchanged with the next one, or replaced.
pub fn misspelled(word: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() < 2 {
        return format!("{word}x");
    }
    let at = random.below(letters.len() - 1);
    match random.below(4) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        2 => letters.swap(at, at + 1),
        _ => letters[at] = *random.pick(&['a', 'e', 's', 't', 'x', '-']),
    }
    letters.into_iter().collect()
}

/// Returns the beginning of a word.
pub fn abbreviated(word: &str, random: &mut Random) -> String {
    let letters: Vec<char> = word.chars().collect();
    let end = 1 + random.below(letters.len().max(1));
    letters.into_iter().take(end).collect()
}

#[cfg(test)]
mod tests {
    use super::{abbreviated, misspelled};
    use crate::random::Random;

    #[test]
    fn a_slip_changes_at_most_two_letters() {
        let mut random = Random::new(1);
        let slips: Vec<String> = (0..6).map(|_| misspelled("issue", &mut random)).collect();
        assert!(slips.iter().any(|slip| slip != "issue"));
        assert!(slips.iter().all(|slip| (4..=6).contains(&slip.len())), "{slips:?}");
        assert_eq!(misspelled("", &mut random), "x");
    }

    #[test]
    fn an_abbreviation_is_a_beginning() {
        let mut random = Random::new(1);
        assert!((0..20).all(|_| "--scope".starts_with(&abbreviated("--scope", &mut random))));
    }
}
