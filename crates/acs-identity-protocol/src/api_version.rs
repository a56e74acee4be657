//! The api-versions and what each one supports (docs/service.md, section 1).

/// The version that the Azure CLI sends, and therefore the default of `az-communication`.
pub const CLI_DEFAULT: &str = "2023-10-01";

/// The request body of the exchange of a Teams user's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TeamsUserBody {
    /// `{token}`. A refused token is answered with an empty 401.
    TokenWithoutErrorBody,
    /// `{token}`.
    Token,
    /// `{token, appId, userId}`.
    TokenAppIdUserId,
}

/// One api-version.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiVersion {
    /// The value of the `api-version` query parameter.
    pub name: &'static str,
    /// Whether the operations have the form of 2020-07-20-preview2: create answers 200 with a bare `{id}`, `POST
    /// …/token` issues tokens, and `PATCH` with `tokensValidFrom` revokes them.
    pub legacy: bool,
    /// Whether create and issue accept `expiresInMinutes`.
    pub expiry: bool,
    /// Whether it has the scopes `chat.join`, `chat.join.limited` and `voip.join`.
    pub join_scopes: bool,
    /// Whether it has `customId`, `lastTokenIssuedAt` and `GET /identities/{id}`.
    pub custom_id: bool,
    /// The body of `POST /teamsUser/:exchangeAccessToken`; `None` if it lacks the operation.
    pub teams_user: Option<TeamsUserBody>,
    /// Whether it has `/access/teamsExtension/…`.
    pub teams_extension: bool,
    /// Whether it has `/access/entra/…`.
    pub entra: bool,
}

const BASE: ApiVersion = ApiVersion {
    name: "",
    legacy: false,
    expiry: false,
    join_scopes: false,
    custom_id: false,
    teams_user: None,
    teams_extension: false,
    entra: false,
};

const STABLE_2022: ApiVersion = ApiVersion { expiry: true, teams_user: Some(TeamsUserBody::TokenAppIdUserId), ..BASE };

/// Every known version, the oldest first.
///
/// The service announces 2021-11-01 for identities, but no specification of it was published.
pub const KNOWN: &[ApiVersion] = &[
    ApiVersion { name: "2020-07-20-preview2", legacy: true, ..BASE },
    ApiVersion { name: "2021-02-22-preview1", ..BASE },
    ApiVersion { name: "2021-03-07", ..BASE },
    ApiVersion { name: "2021-03-31-preview1", teams_user: Some(TeamsUserBody::TokenWithoutErrorBody), ..BASE },
    ApiVersion { name: "2021-10-31-preview", teams_user: Some(TeamsUserBody::Token), ..BASE },
    ApiVersion { name: "2021-11-01", ..BASE },
    ApiVersion { name: "2022-06-01", teams_user: Some(TeamsUserBody::TokenAppIdUserId), ..BASE },
    ApiVersion { name: "2022-10-01", ..STABLE_2022 },
    ApiVersion { name: "2023-08-01", ..STABLE_2022 },
    ApiVersion { name: CLI_DEFAULT, join_scopes: true, ..STABLE_2022 },
    ApiVersion {
        name: "2025-03-02-preview",
        join_scopes: true,
        custom_id: true,
        teams_extension: true,
        entra: true,
        ..STABLE_2022
    },
    ApiVersion { name: "2025-06-30", join_scopes: true, teams_extension: true, ..STABLE_2022 },
    ApiVersion { name: "2026-07-22", join_scopes: true, teams_extension: true, ..STABLE_2022 },
    ApiVersion { name: "2026-09-23", join_scopes: true, teams_extension: true, ..STABLE_2022 },
];

impl ApiVersion {
    /// Finds a known version by its name, which is case-insensitive.
    pub fn find(name: &str) -> Option<&'static Self> {
        KNOWN.iter().find(|version| version.name.eq_ignore_ascii_case(name))
    }

    /// Returns the newest known version.
    pub fn newest() -> &'static Self {
        &KNOWN[KNOWN.len() - 1]
    }

    /// Checks whether `name` has the form of a version (`2026-09-23`, `2026-09-23-preview`), contains a valid date, and
    /// is newer than all known versions.
    pub fn is_newer_than_known(name: &str) -> bool {
        let Some((date, rest)) = name.split_at_checked(10) else { return false };
        let is_suffix = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (rest.is_empty() || rest.strip_prefix('-').is_some_and(is_suffix)) && is_day(date) && date > Self::newest().name
    }
}

/// Checks whether a text such as `2026-09-23` is a valid date.
fn is_day(text: &str) -> bool {
    let number = |from: usize, to: usize| {
        let digits = text.get(from..to).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|digits| digits.parse::<u16>().ok())
    };
    let (Some(year), Some(month), Some(day)) = (number(0, 4), number(5, 7), number(8, 10)) else { return false };
    let bytes = text.as_bytes();
    let month = u8::try_from(month).ok().and_then(|month| time::Month::try_from(month).ok());
    bytes[4] == b'-'
        && bytes[7] == b'-'
        && month.is_some_and(|month| {
            u8::try_from(day).is_ok_and(|day| time::Date::from_calendar_date(i32::from(year), month, day).is_ok())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_sorted_and_found() {
        assert!(KNOWN.is_sorted_by_key(|version| version.name));
        assert_eq!(ApiVersion::find("2025-03-02-PREVIEW").map(|v| v.custom_id), Some(true));
        assert_eq!(ApiVersion::find("2019-01-01"), None);
    }

    #[test]
    fn only_later_dates_are_newer_than_all_known_versions() {
        assert!(ApiVersion::is_newer_than_known("2027-01-01-preview"));
        assert!(!ApiVersion::is_newer_than_known("2024-01-01"));
        assert!(!ApiVersion::is_newer_than_known("newest"));
        assert!(!ApiVersion::is_newer_than_known("é999-01-01"));
    }

    #[test]
    fn only_valid_dates_are_versions() {
        for name in ["2027-13-01", "2027-02-29", "2027-01-00", "2027/01/01", "2027-01-01x", "2027-01-01-", "2027-01"] {
            assert!(!ApiVersion::is_newer_than_known(name), "{name}");
        }
        assert!(ApiVersion::is_newer_than_known("2028-02-29") && ApiVersion::is_newer_than_known("2027-01-01-beta2"));
    }
}
