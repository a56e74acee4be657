//! `completion SHELL`: prints a script that completes commands, options and values. Each shell has a file with the
//! logic of its script. The data is generated here from the table of commands.

mod data;
mod offered;

use crate::commands::completion::offered::Offered;
use crate::knack::argument::{Argument, Arity, Completion};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::knack::values::choice;
use crate::report::error::CliError;
use crate::report::program::Program;
use crate::report::stdout;

/// The supported shells.
const SHELLS: [&str; 4] = ["bash", "fish", "powershell", "zsh"];

const SHELL: Argument = Argument::new(&["SHELL"], "bash, fish, powershell or zsh.")
    .arity(Arity::Remainder)
    .completion(Completion::Words(&SHELLS))
    .required()
    .extension();

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Print a script that completes `{communication}` in a shell.",
    arguments: &[SHELL],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "bash, for this session", command: "source <({} bash)" },
        Example { name: "zsh, for this session", command: "source <({} zsh)" },
        Example {
            name: "fish, permanently",
            command: "mkdir -p ~/.config/fish/completions && {} fish > ~/.config/fish/completions/{name}.fish",
        },
        Example { name: "PowerShell, for this session", command: "{} powershell | Out-String | Invoke-Expression" },
    ],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let words = invocation.arguments.list(&SHELL);
    let offered = Offered { table: invocation.table };
    let script = match words {
        [shell] if shell == "bash" => script(&BASH, &data::posix_data(&offered)),
        [shell] if shell == "zsh" => script(&ZSH, &data::posix_data(&offered)),
        [shell] if shell == "fish" => script(&FISH, &data::fish_data(&offered)),
        [shell] if shell == "powershell" || shell == "pwsh" => script(&POWERSHELL, &data::powershell_data(&offered)),
        _ => return Err(choice::error(SHELL.key(), &words.join(" "), &SHELLS)),
    };
    stdout::print_line(script.trim_end())?;
    Ok(Outcome::nothing())
}

/// The parts of the script of a shell.
struct Shell {
    /// The logic of the script.
    script: &'static str,
    /// The part that leaves other words to the completion of the Azure CLI, if this program has the same name.
    former: &'static str,
    /// A comment about this part.
    about: &'static str,
    /// The part that removes words that may be left out, under a program name other than `az`.
    shorten: &'static str,
}

const GOES_ON: &str = " Other words are passed to the completion that was defined before.";

const SHORTEN: &str = "
                    case $words_path in
                        communication) words_path='' ;;
                        'user-identity '*) words_path=${words_path#user-identity } ;;
                    esac";

const BASH: Shell =
    Shell { script: include_str!("bash.sh"), former: include_str!("former.sh"), about: GOES_ON, shorten: SHORTEN };

const ZSH: Shell = Shell { script: include_str!("zsh.zsh"), former: "", about: GOES_ON, shorten: SHORTEN };

const FISH: Shell = Shell {
    script: include_str!("fish.fish"),
    former: include_str!("former.fish"),
    about: " Other completions of az are used too.",
    shorten: "
                test \"$__az_path\" = communication; and set -g __az_path ''
                set -g __az_path (string replace -r '^user-identity ' '' -- \"$__az_path\")",
};

const POWERSHELL: Shell = Shell {
    script: include_str!("powershell.ps1"),
    former: include_str!("former.ps1"),
    about: " Other words are completed by the Azure CLI.",
    shorten: "
            $path = $path -replace '^communication$', '' -replace '^user-identity ', ''",
};

/// Returns the script of a shell for the name that this program was called by. One shell may load the scripts of
/// several names, so the names of the functions contain the name of the program.
fn script(shell: &Shell, data: &str) -> String {
    let program = Program::current();
    let name = program.name();
    let (former, about, shorten, title, id, var) = match program {
        Program::Az => (
            shell.former,
            shell.about,
            "",
            "az communication",
            "az_communication".to_owned(),
            "azCommunication".to_owned(),
        ),
        Program::Own(name) => {
            let id: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
            ("", "", shell.shorten, name.as_str(), format!("own_{id}"), format!("own_{id}_"))
        }
    };
    let fixed = [("{{former}}", former), ("{{data}}", data.trim_end()), ("{{about}}", about), ("{{shorten}}", shorten)];
    let named = [("{{title}}", title), ("{{name}}", name), ("{{id}}", &id), ("{{var}}", &var)];
    fixed.iter().chain(&named).fold(shell.script.to_owned(), |script, (mark, text)| script.replace(mark, text))
}
