//! A rule: the condition, what happens, and the limit.

use serde::{Deserialize, Deserializer, Serialize};
use time::OffsetDateTime;

use acs_identity_protocol::time::parse_iso;
use acs_identity_protocol::visible::one_line;

use super::glob::Glob;
use super::operations;
use super::{Asked, Phase};

/// The longest delay, in milliseconds.
const LONGEST_DELAY: u64 = 300_000;

/// No access token lives longer than a day, so a token can be expired for a day, too. In seconds.
const LONGEST_LIFETIME: i64 = 86_400;

/// The largest shift of the time, in seconds: ten years.
const LONGEST_SHIFT: i64 = 10 * 366 * 86_400;

/// The largest body that a truncation can leave, in bytes.
const LARGEST_BODY: u64 = 1 << 20;

/// The methods that a request of a client can have.
const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

/// The longest texts, in characters.
const LONGEST_TEXT: usize = 512;

/// Reads a member that is given. `null` is refused, because it would be ambiguous: a member that does not apply is left
/// out.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(member: D) -> Result<Option<T>, D::Error> {
    T::deserialize(member).map(Some)
}

/// A rule, as clients send and see it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Rule {
    /// The operations, as the OpenAPI document names them, separated by commas.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<String>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<String>,
    /// A pattern of the path.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    /// A raw id or a custom id.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) identity: Option<String>,
    /// Only every n-th request that fits.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) every: Option<u64>,
    /// Only this part of the requests that fit, from 0 to 1.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) probability: Option<f64>,
    /// Selects which requests are hit by chance. The same seed selects the same ones.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) seed: Option<u64>,

    /// The status of the error that answers the request.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// The header `Retry-After`, in seconds.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<u64>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) delay_milliseconds: Option<u64>,
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) drop: Option<DropAt>,
    /// The connection ends after so many bytes of the body.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) truncate_body_at: Option<u64>,
    /// In how many seconds the issued token expires. It has expired if the number is not positive.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) token_expires_in_seconds: Option<i64>,
    /// Shifts the header `Date` and the times in the issued token, as if the service's clock were wrong.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) shift_seconds: Option<i64>,

    /// The rule ends after so many hits.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) times: Option<u64>,
    /// The rule ends at this time of the service.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<String>,
    /// Whether requests are hit before they authenticate.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) include_unauthenticated: bool,
}

/// When the connection ends without a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum DropAt {
    /// Before the operation, which is not executed.
    Before,
    /// After the operation.
    After,
}

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) field: &'static str,
    pub(crate) words: String,
}

impl Problem {
    pub(crate) fn new(field: &'static str, words: impl Into<String>) -> Self {
        Self { field, words: words.into() }
    }
}

/// The values of a rule that were parsed.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) until: Option<OffsetDateTime>,
    path: Option<Glob>,
}

impl Checked {
    /// Returns whether the condition fits a request. A rule that changes nothing but tokens fits no request without
    /// one.
    pub(super) fn fits(&self, rule: &Rule, asked: &Asked<'_>) -> bool {
        let is_meant = |identity: &str| {
            identity.eq_ignore_ascii_case(asked.identity) || asked.custom_id.as_deref() == Some(identity)
        };
        rule.identity.as_deref().is_none_or(is_meant) && self.fits_apart_from_identity(rule, asked)
    }

    /// Returns whether only the custom id of the identity is missing to tell whether the condition fits.
    pub(super) fn needs_custom_id(&self, rule: &Rule, asked: &Asked<'_>) -> bool {
        rule.identity.as_deref().is_some_and(|identity| !identity.eq_ignore_ascii_case(asked.identity))
            && self.fits_apart_from_identity(rule, asked)
    }

    fn fits_apart_from_identity(&self, rule: &Rule, asked: &Asked<'_>) -> bool {
        let gives_token = || match asked.operation {
            Some("createIdentity") => (asked.asks_for_token)(),
            operation => operations::can_give_token(operation),
        };
        rule.operation.as_deref().is_none_or(|names| names.split(',').any(|name| asked.operation == Some(name)))
            && rule.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case(asked.method))
            && self.path.as_ref().is_none_or(|pattern| pattern.fits(asked.path))
            && (!rule.changes_tokens_only() || gives_token())
    }
}

impl Rule {
    /// Returns whether nothing but the token in a response is changed.
    fn changes_tokens_only(&self) -> bool {
        self.token_expires_in_seconds.is_some()
            && self.status.is_none()
            && self.drop.is_none()
            && self.truncate_body_at.is_none()
            && self.delay_milliseconds.is_none()
            && self.shift_seconds.is_none()
    }

    /// Returns the phase in which requests are hit. A caller that has not authenticated gets no token.
    pub(super) fn phase(&self) -> Phase {
        match self.include_unauthenticated && !self.changes_tokens_only() {
            true => Phase::BeforeAuthentication,
            false => Phase::Authenticated,
        }
    }

    /// Returns what is wrong with the values.
    pub(crate) fn problem(&self) -> Option<Problem> {
        self.check().err()
    }

    /// Checks the values.
    pub(super) fn check(&self) -> Result<Checked, Problem> {
        self.check_condition()?;
        self.check_result()?;
        if self.times == Some(0) {
            return Err(Problem::new("times", "must be at least 1"));
        }
        let until = self.until.as_deref().map(|text| {
            let problem = || Problem::new("until", "must be a time in RFC 3339, such as 2026-01-31T12:00:00Z");
            parse_iso(text).ok_or_else(problem)
        });
        Ok(Checked { until: until.transpose()?, path: self.path.as_deref().map(Glob::of) })
    }

    fn check_condition(&self) -> Result<(), Problem> {
        let texts = [("operation", &self.operation), ("method", &self.method), ("path", &self.path)];
        let others = [("identity", &self.identity), ("code", &self.code), ("message", &self.message)];
        for (field, text) in texts.into_iter().chain(others) {
            if text.as_ref().is_some_and(|text| !(1..=LONGEST_TEXT).contains(&text.chars().count())) {
                return Err(Problem::new(field, format!("must have from 1 to {LONGEST_TEXT} characters")));
            }
        }
        if let Some(words) = self.operation.as_deref().and_then(operations::problem) {
            return Err(Problem::new("operation", words));
        }
        let is_known = |method: &String| METHODS.iter().any(|known| known.eq_ignore_ascii_case(method));
        if let Some(method) = self.method.as_ref().filter(|method| !is_known(method)) {
            let words = format!("must be one of {}, but it is '{}'", METHODS.join(", "), one_line(method, 64));
            return Err(Problem::new("method", words));
        }
        if self.path.as_ref().is_some_and(|path| !path.starts_with(['/', '*'])) {
            return Err(Problem::new("path", "must begin with / or *"));
        }
        if self.every == Some(0) {
            return Err(Problem::new("every", "must be at least 1"));
        }
        if self.probability.is_some_and(|chance| !(chance > 0.0 && chance <= 1.0)) {
            return Err(Problem::new("probability", "must be greater than 0 and at most 1"));
        }
        if self.seed.is_some() && self.probability.is_none() {
            return Err(Problem::new("seed", "needs 'probability'"));
        }
        Ok(())
    }

    fn check_result(&self) -> Result<(), Problem> {
        let answers = [
            ("status", self.status.is_some()),
            ("drop", self.drop.is_some()),
            ("truncateBodyAt", self.truncate_body_at.is_some()),
        ];
        let mut given = answers.into_iter().filter(|(_, given)| *given).map(|(field, _)| field);
        let (first, second) = (given.next(), given.next());
        if let (Some(first), Some(second)) = (first, second) {
            return Err(Problem::new(second, format!("cannot be combined with '{first}'")));
        }
        let changes = self.delay_milliseconds.is_some()
            || self.token_expires_in_seconds.is_some()
            || self.shift_seconds.is_some();
        if first.is_none() && !changes {
            let words = "must be given, or one of drop, truncateBodyAt, delayMilliseconds, tokenExpiresInSeconds and \
                         shiftSeconds";
            return Err(Problem::new("status", words));
        }
        if self.status.is_some_and(|status| !(400..600).contains(&status)) {
            return Err(Problem::new("status", "must be from 400 to 599"));
        }
        let needs_status = [
            ("code", self.code.is_some()),
            ("message", self.message.is_some()),
            ("retryAfter", self.retry_after.is_some()),
        ];
        if let (None, Some((field, _))) = (self.status, needs_status.into_iter().find(|(_, given)| *given)) {
            return Err(Problem::new(field, "needs 'status'"));
        }
        let gives_no_token = self.status.is_some() || self.drop == Some(DropAt::Before);
        if self.token_expires_in_seconds.is_some() && gives_no_token {
            return Err(Problem::new("tokenExpiresInSeconds", "needs an operation that is executed and answered"));
        }
        if self.delay_milliseconds.is_some_and(|delay| delay > LONGEST_DELAY) {
            return Err(Problem::new("delayMilliseconds", format!("must be at most {LONGEST_DELAY}")));
        }
        if self.truncate_body_at.is_some_and(|at| at > LARGEST_BODY) {
            return Err(Problem::new("truncateBodyAt", format!("must be at most {LARGEST_BODY}")));
        }
        let in_range = |value: Option<i64>, most: i64| value.is_none_or(|value| (-most..=most).contains(&value));
        if !in_range(self.token_expires_in_seconds, LONGEST_LIFETIME) {
            let words = format!("must be from -{LONGEST_LIFETIME} to {LONGEST_LIFETIME}");
            return Err(Problem::new("tokenExpiresInSeconds", words));
        }
        if !in_range(self.shift_seconds, LONGEST_SHIFT) {
            return Err(Problem::new("shiftSeconds", format!("must be from -{LONGEST_SHIFT} to {LONGEST_SHIFT}")));
        }
        Ok(())
    }

    /// Returns the code of the error with the rule's status.
    pub(crate) fn error_code(&self) -> String {
        let usual = match self.status.unwrap_or_default() {
            400 => "ValidationError",
            401 => "Denied",
            403 => "Forbidden",
            404 => "NotFound",
            409 => "Conflict",
            429 => "TooManyRequests",
            503 => "ServiceUnavailable",
            500.. => "InternalServerError",
            _ => "InjectedFault",
        };
        self.code.clone().unwrap_or_else(|| usual.to_owned())
    }
}
