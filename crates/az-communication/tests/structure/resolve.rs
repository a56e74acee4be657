//! The files that a path leads to.

use std::collections::BTreeSet;

use crate::modules::{Files, Name};
use crate::paths::{Found, Role};

/// Imports of imports that are followed. Imports that name each other in a circle do not compile.
const DEPTH: usize = 8;

/// A place in which names are looked up: a file, and the inline modules in it.
#[derive(Clone)]
struct Scope<'a> {
    file: &'a Name,
    inside: &'a [String],
}

/// The modules that a path of a file leads to: the longest beginning of it that is a module. There are several where a
/// name is imported twice, once for each system.
pub fn resolve(files: &Files, file: &Name, found: &Found) -> BTreeSet<Name> {
    let mut targets = BTreeSet::new();
    let scope = Scope { file, inside: &found.inside };
    follow(files, &scope, &found.segments, Some(found), DEPTH, &mut targets);
    targets
}

fn follow(
    files: &Files,
    scope: &Scope<'_>,
    path: &[String],
    itself: Option<&Found>,
    depth: usize,
    targets: &mut BTreeSet<Name>,
) {
    let (Some((first, rest)), Some(depth)) = (path.split_first(), depth.checked_sub(1)) else { return };
    let mut at = [scope.file.as_slice(), scope.inside].concat();
    match first.as_str() {
        "crate" => {
            targets.insert(walk(files, Vec::new(), rest));
        }
        "self" | "super" => {
            let mut rest = path;
            while let Some((first @ ("self" | "super"), below)) = rest.split_first().map(|(a, b)| (a.as_str(), b)) {
                if first == "super" {
                    at.pop();
                }
                rest = below;
            }
            targets.insert(walk(files, at, rest));
        }
        _ => {
            let here =
                |found: &&Found| found.inside == scope.inside && !itself.is_some_and(|it| std::ptr::eq(it, *found));
            let found = files.get(scope.file).into_iter().flatten().filter(here);
            let (globs, others): (Vec<&Found>, Vec<&Found>) = found.partition(|found| found.role == Role::Glob);
            let imports: Vec<&Found> =
                others.into_iter().filter(|found| matches!(&found.role, Role::Import(name) if name == first)).collect();
            for import in &imports {
                let path = [import.segments.as_slice(), rest].concat();
                follow(files, scope, &path, Some(*import), depth, targets);
            }
            let child = [at.as_slice(), std::slice::from_ref(first)].concat();
            if files.contains_key(&child) {
                targets.insert(walk(files, child, rest));
            } else if imports.is_empty() {
                for glob in globs {
                    below_glob(files, scope, glob, path, depth, targets);
                }
            }
        }
    }
}

/// A path whose first name may come from `use module::*`.
fn below_glob(
    files: &Files,
    scope: &Scope<'_>,
    glob: &Found,
    path: &[String],
    depth: usize,
    targets: &mut BTreeSet<Name>,
) {
    let mut modules = BTreeSet::new();
    follow(files, scope, &glob.segments, Some(glob), depth, &mut modules);
    for module in modules {
        follow(files, &Scope { file: &module, inside: &[] }, path, None, depth, targets);
    }
}

/// The last module on the way from a module along names.
fn walk(files: &Files, mut at: Name, names: &[String]) -> Name {
    // An inline module is part of its file.
    let is_file = |name: &Name| name.is_empty() || files.contains_key(name);
    if !is_file(&at) {
        while !is_file(&at) {
            at.pop();
        }
        return at;
    }
    for name in names {
        at.push(name.clone());
        if !files.contains_key(&at) {
            at.pop();
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths;

    /// The modules that the file `commands` of a small crate refers to.
    fn targets(source: &str) -> Vec<String> {
        let parsed = |source: &str| paths::of(&syn::parse_file(source).unwrap());
        let file: Name = vec!["commands".to_owned()];
        let mut files: Files = [
            "app",
            "app::words",
            "commands::table",
            "commands::user",
            "commands::user::show",
            "knack",
            "knack::help",
            "knack::values",
        ]
        .iter()
        .map(|name| (name.split("::").map(str::to_owned).collect(), parsed("")))
        .collect();
        files.insert(vec!["knack".to_owned()], parsed("pub use crate::app::words;"));
        files.insert(file.clone(), parsed(source));
        let targets: BTreeSet<Name> =
            files[&file].iter().flat_map(|found| resolve(&files, &file, found)).filter(|to| *to != file).collect();
        targets.into_iter().map(|name| name.join("::")).collect()
    }

    #[test]
    fn a_path_may_begin_at_the_crate_at_this_module_or_above_it() {
        assert_eq!(targets("use crate::knack::help::Page;"), ["knack::help"]);
        assert_eq!(targets("fn f() -> self::user::show::Shown {}"), ["commands::user::show"]);
        assert_eq!(targets("use super::knack::{Spec, help::Page};"), ["knack", "knack::help"]);
        assert_eq!(targets("mod tests { use super::super::knack::Spec; }"), ["knack"]);
    }

    #[test]
    fn a_path_may_begin_with_a_child_of_the_module() {
        assert_eq!(targets("pub use table::TABLE;"), ["commands::table"]);
        assert_eq!(targets("fn f() { user::show::run() }"), ["commands::user::show"]);
        assert_eq!(targets("const ALL: [Spec; 1] = list![user::show::SPEC];"), ["commands::user::show"]);
    }

    #[test]
    fn a_path_may_begin_with_a_name_that_the_file_imports() {
        let knack = "knack";
        assert_eq!(targets("use crate::knack; fn f() { knack::help::page() }"), [knack, "knack::help"]);
        assert_eq!(targets("use crate::knack as k; fn f() { k::help::page() }"), [knack, "knack::help"]);
        assert_eq!(targets("use crate::{knack}; use knack::help as h; fn f(page: h::Page) {}"), [knack, "knack::help"]);
        assert_eq!(targets("use user::show; fn f() { show::run() }"), ["commands::user::show"]);
    }

    #[test]
    fn a_path_may_begin_with_a_name_from_a_module_of_which_all_names_are_imported() {
        assert_eq!(targets("use crate::knack::*; fn f() { help::page() }"), ["knack", "knack::help"]);
        assert_eq!(targets("mod tests { use super::*; fn f() { user::show::run() } }"), ["commands::user::show"]);
        assert_eq!(targets("use crate::knack::*; fn f() { words::read() }"), ["app::words", "knack"]);
    }

    #[test]
    fn variables_and_other_crates_are_not_modules() {
        assert!(targets("fn f(table: Table, user: User) { table.push(user); list![table, user] }").is_empty());
        assert!(targets("use ::knack::Page; use std::fmt; fn f() -> fmt::Result { serde::help::page() }").is_empty());
    }
}
