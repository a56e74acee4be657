//! What is wrong with a fault, in the words of this kit. The rules have the names of the JSON members.

use crate::faults::{DropAt, Problem, Rule};

/// Returns what is wrong with the fault that became this rule.
pub(super) fn said(rule: &Rule, problem: &Problem) -> String {
    let has_result = rule.status.is_some()
        || rule.drop.is_some()
        || rule.truncate_body_at.is_some()
        || rule.delay_milliseconds.is_some()
        || rule.token_expires_in_seconds.is_some()
        || rule.shift_seconds.is_some();
    if has_result || problem.field != "status" {
        let words = problem.words.split('\'').enumerate();
        // Each second part was between quotes. It is a member, or a value of the test.
        let words =
            words.map(|(index, part)| if index % 2 == 1 { format!("`{}`", method(rule, part)) } else { part.into() });
        return format!("`{}` {}{}", method(rule, problem.field), words.collect::<String>(), unit(problem.field));
    }
    // These need a status, so it was forgotten.
    let needs_status = [
        ("retry_after", rule.retry_after.is_some()),
        ("code", rule.code.is_some()),
        ("message", rule.message.is_some()),
    ];
    match needs_status.into_iter().find(|(_, given)| *given) {
        Some((name, _)) => format!("`{name}` needs `status`"),
        None => "it needs a result: `status`, `drop_before`, `drop_after`, `truncate_body_at`, `delay`, \
                 `token_expires_in` or `shift`"
            .into(),
    }
}

/// Returns the method that sets a member.
fn method<'a>(rule: &Rule, member: &'a str) -> &'a str {
    match member {
        "operation" => "on",
        "retryAfter" => "retry_after",
        "drop" if rule.drop == Some(DropAt::Before) => "drop_before",
        "drop" => "drop_after",
        "truncateBodyAt" => "truncate_body_at",
        "delayMilliseconds" => "delay",
        "tokenExpiresInSeconds" => "token_expires_in",
        "shiftSeconds" => "shift",
        other => other,
    }
}

fn unit(member: &str) -> &'static str {
    match member {
        "delayMilliseconds" => " milliseconds",
        "shiftSeconds" => " seconds",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::super::faults::Fault;
    use super::*;

    /// Returns what the panic of a fault says.
    fn of(fault: Fault) -> String {
        let rule = fault.into_rule();
        said(&rule, &rule.problem().unwrap())
    }

    #[test]
    fn the_words_are_the_methods_of_the_kit() {
        let second = std::time::Duration::from_secs(1);
        let any = Fault::on_any;
        for (fault, expected) in [
            (
                any(),
                "it needs a result: `status`, `drop_before`, `drop_after`, `truncate_body_at`, `delay`, \
                 `token_expires_in` or `shift`",
            ),
            (any().retry_after(second), "`retry_after` needs `status`"),
            (any().code("Oops"), "`code` needs `status`"),
            (any().delay(second).retry_after(second), "`retry_after` needs `status`"),
            (any().status(200), "`status` must be from 400 to 599"),
            (any().status(503).drop_after(), "`drop_after` cannot be combined with `status`"),
            (any().drop_before().truncate_body_at(1), "`truncate_body_at` cannot be combined with `drop_before`"),
            (any().delay(second * 301), "`delay` must be at most 300000 milliseconds"),
            (any().status(500).times(0), "`times` must be at least 1"),
            (
                any().status(500).method("GOT"),
                "`method` must be one of GET, POST, PUT, PATCH, DELETE, HEAD, but it is `GOT`",
            ),
        ] {
            assert_eq!(of(fault), expected);
        }
        assert!(of(Fault::on("createIdentities").status(500)).starts_with("`on` "));
    }
}
