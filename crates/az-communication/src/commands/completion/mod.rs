//! `completion SHELL`: a script that completes commands, options and values, from the one table of commands. What a script
//! does stands in a file of its shell; what it knows is written here.

mod data;
mod offered;

use crate::commands::completion::offered::Offered;
use crate::knack::argument::{Argument, Arity, Completion};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::report::program::Program;
use crate::report::stdout;

/// The shells.
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
            name: "fish, for good",
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
        _ => {
            return Err(CliError::new(format!(
                "'{}' is not a shell that can be completed. Allowed values: {}.",
                words.join(" "),
                SHELLS.join(", ")
            ))
            .exit_code(ExitCode::Usage));
        }
    };
    stdout::print_line(script.trim_end())?;
    Ok(Outcome::nothing())
}

/// What the scripts of a shell are made of.
struct Shell {
    /// What completes.
    script: &'static str,
    /// What leaves other words to the completion of the Azure CLI, which has the same name as this program then.
    former: &'static str,
    /// Says so.
    about: &'static str,
    /// Takes words away that may be left out in front of others, under a name of its own.
    shorten: &'static str,
}

const GOES_ON: &str = " Other words go on to the completion that was there before.";

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
    about: " What else completes az is asked, too.",
    shorten: "
                test \"$__az_path\" = communication; and set -g __az_path ''
                set -g __az_path (string replace -r '^user-identity ' '' -- \"$__az_path\")",
};

const POWERSHELL: Shell = Shell {
    script: include_str!("powershell.ps1"),
    former: include_str!("former.ps1"),
    about: " The Azure CLI is asked about other words.",
    shorten: "
            $path = $path -replace '^communication$', '' -replace '^user-identity ', ''",
};

/// The script of a shell, for the name that this program was called by. Scripts for several names may be loaded in one shell,
/// so that their functions have names of their own.
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
