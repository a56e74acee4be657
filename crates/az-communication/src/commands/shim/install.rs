//! `shim install`.

use std::fs;

use pyjmespath::Value;

use crate::commands::shim::file::{self, Found};
use crate::commands::shim::{DIR, folder_of, place, profile, record, say, text};
use crate::delegate;
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;
use crate::service::answer::object;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Install an az that comes before the real one on PATH and calls this program.\n\nIt goes into a folder \
        on PATH that belongs to you, is in your home folder and comes before the real az, preferably ~/.local/bin. \
        Commands that this program does not have are passed to the real az. A file of another program is never \
        replaced.",
    arguments: &[DIR],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "Install an az before the real one", command: "{}" },
        Example { name: "Install it into another folder", command: "{} --dir ~/bin" },
    ],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let program = crate::commands::shim::own_file()?;
    if place::is_passing(&program) {
        let what = "is in a cache or a project, where the next installation removes it, so no shim was created for it";
        return Err(CliError::new(format!("{} {what}.", program.display())).hint(
            "Install it for your user first: pipx install az-communication, or npm install -g az-communication",
        ));
    }
    let folder = match crate::commands::shim::given_folder(invocation) {
        Some(folder) => folder,
        None => place::choose(&crate::commands::shim::on_path())?,
    };
    let shim = folder.join(file::NAME);
    let shown = shim.display();
    let state = match place::look(&shim) {
        Found::Nothing => {
            let made = place::make(&folder)?;
            if let Err(error) = file::make(&shim, &program) {
                made.iter().rev().for_each(|folder| drop(fs::remove_dir(folder)));
                return Err(crate::commands::shim::cannot("created", &shim, &error));
            }
            made.iter().for_each(|folder| say(invocation, &format!("Created the folder {}.", folder.display())));
            say(invocation, &format!("Created {shown}, which calls {}.", program.display()));
            note(invocation, record::Noted { shim: shim.clone(), target: program.clone(), made });
            "installed"
        }
        Found::Shim(target) if target == program => {
            say(invocation, &format!("{shown} already calls {}.", program.display()));
            "unchanged"
        }
        Found::Program => {
            say(invocation, &format!("{shown} is this program itself."));
            "unchanged"
        }
        Found::Shim(former) | Found::Dangling(former) => {
            fs::remove_file(&shim).map_err(|error| crate::commands::shim::cannot("replaced", &shim, &error))?;
            file::make(&shim, &program).map_err(|error| crate::commands::shim::cannot("created", &shim, &error))?;
            say(invocation, &format!("{shown} called {}. Now it calls {}.", former.display(), program.display()));
            note(invocation, record::Noted { shim: shim.clone(), target: program.clone(), made: Vec::new() });
            "repaired"
        }
        Found::Other(what) => {
            return Err(CliError::new(format!("{shown} is {what}, so it was not changed."))
                .hint("Choose another folder that comes before it on PATH: --dir DIR"));
        }
    };
    let on_path = crate::commands::shim::on_path();
    let first = on_path.first();
    let in_front = first.is_some_and(|first| first.is_ours);
    if !in_front {
        let why = match first {
            Some(first) => format!("A shell still finds {} first.", first.path.display()),
            None => format!("{} is not on PATH.", folder_of(&shim).display()),
        };
        say(invocation, &format!("{why} {}", profile::advice(&folder)));
    } else if state == "installed" {
        say(invocation, "A shell that has already run az remembers its old path. To clear it: hash -r");
    }
    Ok(Outcome::of(object([
        ("shim", text(Some(&shim))),
        ("target", text(Some(&program))),
        ("state", state.into()),
        ("first_az", text(first.map(|first| first.path.as_path()))),
        ("real_az", text(delegate::find().as_deref())),
        ("profile_line", profile::line(&folder).filter(|_| !in_front).map_or(Value::Null, Into::into)),
    ])))
}

/// Records a shim. A failure is only a warning, because the shim works without the record. Only its folders cannot be
/// removed later.
fn note(invocation: &Invocation<'_>, noted: record::Noted) {
    if let Err(error) = record::add(noted) {
        invocation.printer.warning(&format!(
            "{} The folders that were created for the shim are not removed together with it.",
            error.message
        ));
    }
}
