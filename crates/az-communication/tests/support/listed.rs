//! The names that pages, errors and completion list, from the table of commands. Snapshots have a word in their place,
//! so that a new command changes no test.

use az_communication::commands::table::TABLE;

/// The headings of lists of names on pages of help and on man pages, with the indentation of the names.
const HEADINGS: [(&str, usize); 4] = [("Subgroups:", 4), ("Commands:", 4), ("GROUPS", 7), ("COMMANDS", 7)];

/// The names of the groups and commands directly below a group.
pub fn names(group: &str) -> Vec<&'static str> {
    let paths = TABLE.groups.iter().map(|group| group.path).chain(TABLE.commands.iter().map(|command| command.path));
    sorted(paths.filter_map(|path| path.rsplit_once(' ').filter(|(above, _)| *above == group)).map(|(_, name)| name))
}

/// The names below `az-communication`, which leaves out the groups that may stand before them.
pub fn own_names() -> Vec<&'static str> {
    let is_old = |name: &str| {
        let path = format!("communication user-identity {name}");
        TABLE.command(&path).is_some_and(|command| command.redirect.is_some())
    };
    let names = names("communication").into_iter().chain(names("communication user-identity"));
    sorted(names.filter(|name| *name != "user-identity" && !is_old(name)))
}

fn sorted(names: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names
}

/// The output formats, in the order of errors.
pub fn formats() -> &'static [&'static str] {
    TABLE.globals.iter().find(|argument| argument.key() == "--output").unwrap().choices
}

/// The names as errors list them: `a, b and c`.
pub fn in_words(names: &[&str]) -> String {
    let (last, others) = names.split_last().unwrap();
    format!("{} and {last}", others.join(", "))
}

/// A page of a group with `…` in place of its lists, which have these names and no others.
pub fn page(text: &str, names: &[&str]) -> String {
    let (mut page, mut found, mut list) = (String::new(), Vec::new(), None);
    for line in text.lines() {
        let indentation = line.len() - line.trim_start().len();
        if indentation == 0 && !line.is_empty() {
            let ended = list.take().is_some();
            list = HEADINGS.iter().find(|(heading, _)| *heading == line).map(|(_, indentation)| *indentation);
            page.push_str(if ended { "\n" } else { "" });
            page.push_str(&format!("{line}\n{}", if list.is_some() { "    …\n" } else { "" }));
        } else if list == Some(indentation) {
            found.extend(line.split_whitespace().next().map(str::to_owned));
        } else if list.is_none() {
            page.push_str(&format!("{line}\n"));
        }
    }
    found.sort_unstable();
    assert_eq!(found, names, "{text}");
    page.trim_matches('\n').to_owned()
}
