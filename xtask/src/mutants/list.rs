//! A stored list of defects, and their present places.

use std::fs;
use std::path::Path;

use super::Entry;
use super::defect::Defect;
use crate::error::{At as _, Error};

/// Reads a list, and finds its defects among all defects of this tree.
///
/// # Errors
///
/// When the list cannot be read.
pub fn read(path: &Path, all: &[Defect]) -> Result<Vec<Entry>, Error> {
    let text = fs::read_to_string(path).at(path)?;
    let kept: Option<Vec<Defect>> =
        text.lines().map(|line| Defect::of_json(&serde_json::from_str(line).ok()?)).collect();
    let kept = kept.ok_or_else(|| Error::new(format!("{} is not a list of defects.", path.display())))?;
    Ok(find(kept, all))
}

/// Shorter lines, such as `}`, occur in many functions.
const SHORT_LINE: usize = 12;

/// Finds the defects. No two of them get the same defect of the tree.
fn find(kept: Vec<Defect>, all: &[Defect]) -> Vec<Entry> {
    let mut taken = vec![false; all.len()];
    kept.into_iter()
        .map(|kept| {
            let at = find_one(&kept, all, &taken);
            if let Some(at) = at {
                taken[at] = true;
            }
            Entry { found: at.map(|at| all[at].clone()), kept }
        })
        .collect()
}

/// Finds the same change, in the same crate if possible. Otherwise finds the same replacement in a function of the same
/// name, because its type may have another name now. Otherwise finds it in the same line of another function. If there
/// are several, prefers the same file, then a file of the same name, then a similar position in the file.
fn find_one(kept: &Defect, all: &[Defect], taken: &[bool]) -> Option<usize> {
    let free = || all.iter().enumerate().filter(|(at, _)| !taken[*at]);
    let same_change = |defect: &Defect| defect.change == kept.change;
    let same_function = |defect: &Defect| {
        defect.short_function() == kept.short_function()
            && !kept.function.is_empty()
            && defect.replacement == kept.replacement
            && defect.genre == kept.genre
    };
    let same_line = |defect: &Defect| {
        defect.line == kept.line
            && kept.line.len() > SHORT_LINE
            && defect.replacement == kept.replacement
            && defect.genre == kept.genre
    };
    let here: Vec<_> = free().filter(|(_, defect)| same_change(defect) && defect.package == kept.package).collect();
    let anywhere: Vec<_> = free().filter(|(_, defect)| same_change(defect)).collect();
    let renamed: Vec<_> = free().filter(|(_, defect)| same_function(defect)).collect();
    let elsewhere: Vec<_> = free().filter(|(_, defect)| same_line(defect)).collect();
    let candidates = [here, anywhere, renamed, elsewhere].into_iter().find(|candidates| !candidates.is_empty())?;
    let rank = |defect: &Defect| {
        (defect.file != kept.file, defect.file_name() != kept.file_name(), defect.nth.abs_diff(kept.nth))
    };
    candidates.into_iter().min_by_key(|(_, defect)| rank(defect)).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::mutants::defect::Defect;

    fn found(kept: Defect, all: &[Defect]) -> Option<(String, usize)> {
        find(vec![kept], all).remove(0).found.map(|defect| (defect.file, defect.nth))
    }

    #[test]
    fn a_defect_is_found_where_its_file_was_moved() {
        let all = [Defect::test("x/other.rs", "replace == in f", 1), Defect::test("new/a.rs", "replace == in f", 1)];
        assert_eq!(found(Defect::test("old/a.rs", "replace == in f", 1), &all), Some(("new/a.rs".into(), 1)));
    }

    #[test]
    fn of_the_same_changes_in_a_file_it_is_the_same_one() {
        let all: Vec<Defect> = (0..3).map(|nth| Defect::test("a.rs", "replace == in f", nth)).collect();
        assert_eq!(found(Defect::test("a.rs", "replace == in f", 2), &all), Some(("a.rs".into(), 2)));
    }

    #[test]
    fn a_function_is_found_by_its_name_where_its_type_has_another_one() {
        let all = [Defect::test("a.rs", "replace with r in NewName::f", 0)];
        assert_eq!(found(Defect::test("a.rs", "replace with r in OldName::f", 0), &all), Some(("a.rs".into(), 0)));
    }

    #[test]
    fn a_function_that_is_gone_is_not_found() {
        assert_eq!(found(Defect::test("a.rs", "x in f", 0), &[Defect::test("a.rs", "x in g", 0)]), None);
    }

    #[test]
    fn a_line_is_found_in_another_function() {
        let moved = Defect { line: "if self.is_open && other {".into(), ..Defect::test("b.rs", "x in g", 0) };
        let kept = Defect { line: moved.line.clone(), ..Defect::test("a.rs", "x in f", 0) };
        assert_eq!(found(kept, &[moved]), Some(("b.rs".into(), 0)));
    }

    #[test]
    fn two_defects_do_not_become_one() {
        let all = [Defect::test("a.rs", "x in f", 0)];
        let entries = find(vec![Defect::test("a.rs", "x in f", 0), Defect::test("a.rs", "x in f", 1)], &all);
        assert_eq!(entries.iter().filter(|entry| entry.found.is_some()).count(), 1);
    }
}
