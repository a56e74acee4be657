//! Checks whether a token is valid at a time, according to its claims. Claims may contain numbers of any size and form.

use acs_identity_protocol::jwt::UnverifiedJwt;
use azure_core::time::OffsetDateTime;
use serde_json::Value;

/// The validity of a token according to its claims `exp`, `nbf` and `iat`. All numbers are seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// The token is valid for this time.
    Active(i64),
    /// The token expired this long ago.
    Expired(i64),
    /// The token becomes valid after this time.
    NotYet(i64),
    /// The token has no `exp`.
    NoExpiry,
    /// This claim is not a time: it is not a number, or it is out of range.
    BadTime(&'static str),
    /// The token expires before it was issued.
    NeverInForce,
}

/// Returns a claim that is a time, in seconds since 1970 without a fraction.
///
/// # Errors
///
/// When the claim exists and is not a valid time.
#[allow(clippy::result_unit_err)]
pub fn time_claim(jwt: &UnverifiedJwt, name: &str) -> Result<Option<i64>, ()> {
    let seconds = match jwt.payload.get(name) {
        None | Some(Value::Null) => return Ok(None),
        // The conversion saturates. The two ends of the range are not valid times, so they are refused.
        Some(Value::Number(number)) => number.as_i64().or_else(|| number.as_f64().map(|seconds| seconds as i64)),
        Some(_) => None,
    };
    seconds.filter(|seconds| is_of_a_date(*seconds)).map(Some).ok_or(())
}

/// Checks whether ISO 8601 can represent the time. Like Python's datetime, this includes the years 1 to 9999.
fn is_of_a_date(seconds: i64) -> bool {
    OffsetDateTime::from_unix_timestamp(seconds).is_ok_and(|at| at.year() >= 1)
}

impl Validity {
    /// Determines the validity of a token at a time, in seconds since 1970.
    pub fn of(jwt: &UnverifiedJwt, now: i64) -> Self {
        let Ok(expires) = time_claim(jwt, "exp") else { return Self::BadTime("exp") };
        let Some(expires) = expires else { return Self::NoExpiry };
        let Ok(begins) = time_claim(jwt, "nbf") else { return Self::BadTime("nbf") };
        let Ok(issued) = time_claim(jwt, "iat") else { return Self::BadTime("iat") };
        if begins.into_iter().chain(issued).any(|begin| begin > expires) {
            return Self::NeverInForce;
        }
        let left = expires.saturating_sub(now);
        match begins {
            _ if left <= 0 => Self::Expired(left.saturating_neg()),
            Some(begin) if begin > now => Self::NotYet(begin.saturating_sub(now)),
            _ => Self::Active(left),
        }
    }

    /// Returns a sentence about the problem, or `None` if the token is valid.
    pub fn problem(self) -> Option<String> {
        Some(match self {
            Self::Active(_) => return None,
            Self::Expired(ago) => format!("The token expired {} ago (claim 'exp').", time(ago)),
            Self::NotYet(ahead) => format!("The token becomes valid in {} (claim 'nbf').", time(ahead)),
            Self::NoExpiry => "The token has no expiry (claim 'exp').".into(),
            Self::BadTime(claim) => format!("The token's claim '{claim}' is not a time."),
            Self::NeverInForce => "The token expires before it was issued (claims 'exp', 'iat' and 'nbf').".into(),
        })
    }
}

/// Formats seconds in minutes, days or years, whichever is suitable.
fn time(seconds: i64) -> String {
    let unit = |count: i64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    match seconds {
        ..60 => unit(seconds, "second"),
        60..172_800 => unit(seconds / 60, "minute"),
        172_800..63_072_000 => unit(seconds / 86_400, "day"),
        _ => unit(seconds / 31_556_952, "year"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    const NOW: i64 = 1_800_000_000;

    fn of(claims: &str) -> Validity {
        let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
        Validity::of(&UnverifiedJwt::decode(&token).unwrap(), NOW)
    }

    #[test]
    fn a_token_is_active_between_its_start_and_its_expiry() {
        for (claims, expected) in [
            (r#"{"exp": 1800000060}"#, Validity::Active(60)),
            (r#"{"exp": 1800000060.9, "nbf": 1800000000, "iat": 1799999000}"#, Validity::Active(60)),
            (r#"{"exp": 1800000000}"#, Validity::Expired(0)),
            (r#"{"exp": -5}"#, Validity::Expired(NOW + 5)),
            (r#"{"exp": 1800000060, "nbf": 1800000001}"#, Validity::NotYet(1)),
            (r#"{"exp": 1800000060, "nbf": 1800000061}"#, Validity::NeverInForce),
            (r#"{"exp": 1800000060, "iat": 1800000061}"#, Validity::NeverInForce),
            (r#"{"exp": 1700000000, "iat": 1800000061}"#, Validity::NeverInForce),
            (r#"{}"#, Validity::NoExpiry),
            (r#"{"exp": null}"#, Validity::NoExpiry),
            (r#"{"exp": "1800000060"}"#, Validity::BadTime("exp")),
            (r#"{"exp": -9223372036854775808}"#, Validity::BadTime("exp")),
            (r#"{"exp": 9223372036854775807}"#, Validity::BadTime("exp")),
            (r#"{"exp": 18446744073709551615}"#, Validity::BadTime("exp")),
            (r#"{"exp": 1e300}"#, Validity::BadTime("exp")),
            (r#"{"exp": true}"#, Validity::BadTime("exp")),
            (r#"{"exp": -62135596800}"#, Validity::Expired(NOW + 62_135_596_800)),
            (r#"{"exp": -62135596801}"#, Validity::BadTime("exp")),
            (r#"{"exp": 253402300799}"#, Validity::Active(253_402_300_799 - NOW)),
            (r#"{"exp": 253402300800}"#, Validity::BadTime("exp")),
            (r#"{"exp": 1800000060, "nbf": "x"}"#, Validity::BadTime("nbf")),
            (r#"{"exp": 1800000060, "iat": -1e300}"#, Validity::BadTime("iat")),
        ] {
            assert_eq!(of(claims), expected, "{claims}");
        }
    }

    #[test]
    fn problems_are_described_in_a_suitable_unit() {
        assert_eq!(Validity::Active(1).problem(), None);
        assert_eq!(Validity::Expired(300).problem().unwrap(), "The token expired 5 minutes ago (claim 'exp').");
        assert_eq!(Validity::Expired(1).problem().unwrap(), "The token expired 1 second ago (claim 'exp').");
        let long = Validity::NotYet(315_569_520).problem().unwrap();
        assert_eq!(long, "The token becomes valid in 10 years (claim 'nbf').");
    }
}
