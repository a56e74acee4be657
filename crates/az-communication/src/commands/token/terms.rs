//! The terms of a token that is issued: its lifetime, and warnings about its scopes.

use acs_identity_protocol::TokenScope;
use acs_identity_protocol::jwt::UnverifiedJwt;

use crate::knack::argument::{Argument, Completion};
use crate::knack::grammar::difflib::closest;
use crate::knack::invocation::Invocation;
use crate::knack::values::duration::{DAY, Durations};
use crate::knack::values::options::duration;
use crate::report::error::CliError;
use crate::report::printer::Printer;
use crate::report::redact;

/// `--expires-in`.
pub(crate) const EXPIRES_IN: Argument = Argument::new(
    &["--expires-in"],
    "Lifetime of the token, 1h to 24h: 90m, 1h30m, 1d, PT90M or a number of minutes. Without it: 24h.",
)
.completion(Completion::Words(&["1h", "2h", "6h", "12h", "24h"]))
.extension();

/// The lifetimes of a token (docs/service.md). The service refuses other values itself.
const LIFETIMES: Durations = Durations::of(DAY / 24..=DAY).whole_minutes().checked_by_the_service();

/// Returns the lifetime in minutes.
pub(crate) fn minutes(invocation: &Invocation<'_>) -> Result<Option<i32>, CliError> {
    let seconds = duration(invocation, &EXPIRES_IN, &LIFETIMES)?;
    // A number of minutes that is too large for the request becomes the largest one. The service refuses both.
    Ok(seconds.map(|seconds| i32::try_from(seconds / 60).unwrap_or(i32::MAX)))
}

/// Warns about unknown scopes. They are sent anyway, because the service may support more scopes than this program
/// knows.
pub(crate) fn warn_of_unknown_scopes(scopes: &[String], printer: &Printer) {
    for scope in scopes.iter().filter(|scope| !scope.is_empty() && !is_known(scope)) {
        let known = TokenScope::KNOWN.each_ref().map(TokenScope::as_str);
        let parts: Vec<&str> = scope.split([' ', ',', ';', '/', '\t', '\n']).filter(|part| !part.is_empty()).collect();
        let advice = if parts.len() > 1 && parts.iter().all(|part| is_known(part)) {
            format!("It is sent as one value. Give several scopes as several values: --scope {}", parts.join(" "))
        } else {
            match closest(&scope.to_lowercase(), known) {
                Some(close) => format!("Did you mean '{close}'?"),
                None => format!("Known scopes: {}.", known.join(", ")),
            }
        };
        let scope = redact::text(scope);
        printer.warning(&format!("'{scope}' is not a known scope. {advice}"));
    }
}

fn is_known(scope: &str) -> bool {
    TokenScope::from(scope).is_known()
}

/// Warns if the token has other scopes than requested. A token that cannot be decoded is not checked.
pub(crate) fn warn_of_other_scopes(token: &str, scopes: &[String], printer: &Printer) {
    let Ok(jwt) = UnverifiedJwt::decode(token) else { return };
    let Some(granted) = jwt.claim_str("acsScope") else { return };
    let granted: Vec<&str> = granted.split(',').collect();
    let missing: Vec<&str> = scopes.iter().map(String::as_str).filter(|scope| !granted.contains(scope)).collect();
    let added: Vec<&str> = granted.iter().copied().filter(|scope| !scopes.iter().any(|asked| asked == scope)).collect();
    if !missing.is_empty() {
        printer.warning(&format!("The token was issued without the scope {}.", missing.join(", ")));
    }
    if !added.is_empty() {
        printer.warning(&format!("The token also contains the scope {}.", added.join(", ")));
    }
}
