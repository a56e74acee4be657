//! The verdicts as a table.

use std::fmt::Write as _;

use super::defect::Defect;
use super::suites::Verdict;

/// A defect that was tried.
#[derive(Debug)]
pub struct Row {
    /// The defect as it was drawn.
    pub defect: Defect,
    /// The verdict.
    pub verdict: Verdict,
    /// How long it took, in seconds.
    pub seconds: f64,
}

impl Row {
    /// Returns the line for the terminal.
    pub fn line(&self) -> String {
        format!("{:5.1} s  {:24}  {}: {}", self.seconds, self.verdict.to_string(), self.defect.file, self.defect.change)
    }
}

/// Returns how many defects are caught.
pub fn summary(rows: &[Row]) -> String {
    let count = |wanted: fn(&Verdict) -> bool| rows.iter().filter(|row| wanted(&row.verdict)).count();
    let caught = count(|verdict| matches!(verdict, Verdict::Caught(_)));
    let slow = count(|verdict| matches!(verdict, Verdict::TooSlow(_)));
    let missed = count(|verdict| *verdict == Verdict::Missed);
    let gone = count(|verdict| *verdict == Verdict::Gone);
    let not_compiled = count(|verdict| *verdict == Verdict::DoesNotCompile);
    let mut text = format!("{} of {} defects are caught", caught + slow, caught + slow + missed);
    if slow > 0 {
        let _ = write!(text, ", {slow} of them because a test takes too long");
    }
    text.push_str(".\n");
    if not_compiled > 0 {
        let _ = writeln!(text, "{not_compiled} more do not compile.");
    }
    if gone > 0 {
        let _ = writeln!(text, "{gone} more are in functions that are gone.");
    }
    text
}

/// Returns a Markdown table with a row for each defect.
pub fn table(rows: &[Row]) -> String {
    let mut text = String::from("| file | function | change | result | s |\n| --- | --- | --- | --- | --- |\n");
    for row in rows {
        let change = row.defect.change.replace('|', "\\|");
        let _ = writeln!(
            text,
            "| {} | `{}` | `{change}` | {} | {:.0} |",
            row.defect.file, row.defect.function, row.verdict, row.seconds
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Row, summary, table};
    use crate::mutants::defect::Defect;
    use crate::mutants::suites::Verdict;

    fn rows() -> Vec<Row> {
        let row = |verdict| Row { defect: Defect::test("a.rs", "replace | with & in f", 0), verdict, seconds: 2.4 };
        let verdicts = [
            Verdict::Caught("cli".into()),
            Verdict::TooSlow("cli".into()),
            Verdict::Missed,
            Verdict::DoesNotCompile,
            Verdict::Gone,
        ];
        verdicts.map(row).into()
    }

    #[test]
    fn what_does_not_compile_is_not_a_defect() {
        assert_eq!(
            summary(&rows()),
            "2 of 3 defects are caught, 1 of them because a test takes too long.\n1 more do not compile.\n\
             1 more are in functions that are gone.\n"
        );
    }

    #[test]
    fn the_table_has_a_row_for_each() {
        let text = table(&rows());
        assert_eq!(text.lines().count(), 7);
        assert_eq!(text.lines().nth(2).unwrap(), r"| a.rs | `f` | `replace \| with & in f` | caught by cli | 2 |");
    }
}
