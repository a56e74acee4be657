//! Tests of the help of the emulator's options. `tests/settings.rs` tests the table in the manual.

use super::*;

/// Returns the options of a command and their help texts from its help page.
fn options(home: &Folder, verb: &str) -> Vec<(String, String)> {
    let output = az(home).args(["communication", "emulator", verb, "-h"]).output().unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    let (sections, _) = page.split_once("\nGlobal Arguments\n").unwrap();
    let is_heading = |line: &&str| line.ends_with("Arguments") && !line.starts_with(' ');
    let lines = sections.lines().skip_while(|line| !is_heading(line)).filter(|line| !is_heading(line));
    let mut options: Vec<(String, String)> = Vec::new();
    for line in lines {
        match line.trim_start().split_once(" : ") {
            Some((name, text)) if name.starts_with("--") => options.push((name.trim().into(), text.into())),
            // These lines continue the text of the previous option.
            _ => options.iter_mut().last().into_iter().for_each(|(_, text)| {
                text.push(' ');
                text.push_str(line.trim());
            }),
        }
    }
    options
}

fn variable(option: &str) -> String {
    format!("AZURE_COMMUNICATION_EMULATOR_{}", option.trim_start_matches("--").replace('-', "_").to_uppercase())
}

#[test]
fn the_help_of_every_option_is_a_sentence_and_its_variable() {
    let home = Folder::new();
    // The variables with these names belong to the emulator of `start`.
    const OTHER: [&str; 8] = [
        "--data-dir",
        "--host",
        "--in-memory",
        "--open",
        "--port",
        "--store",
        "--store-key-file",
        "--store-password-file",
    ];
    for verb in ["start", "run"] {
        let options = options(&home, verb);
        assert!(options.len() > 10, "{options:?}");
        for (name, text) in options {
            let (sentence, rest) = text.split_once(" Environment variable: ").unwrap_or((&text, ""));
            let sentence = sentence.split("  Default: ").next().unwrap().trim();
            assert!(sentence.ends_with('.') && !sentence.contains(". "), "{verb} {name}: {text}");
            let is_other = verb == "run" && OTHER.contains(&name.as_str());
            let expected = variable(&if is_other { name.replace("--", "--run-") } else { name.clone() });
            let named = rest.split([' ', ',']).next().unwrap().trim_end_matches('.');
            assert_eq!(named, expected, "{verb} {name}: {text}");
        }
    }
}
