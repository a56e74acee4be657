//! The api-versions of a route (docs/service.md, section 1).

use std::sync::OnceLock;

use acs_identity_protocol::api_version::{self, ApiVersion};

type Has = fn(&ApiVersion) -> bool;

/// The versions that have an operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Versions {
    has: Has,
    announced: &'static Announced,
}

/// The versions that a resource announces: the versions that have any of its operations. For example,
/// 2020-07-20-preview2 is announced at the path for issuing tokens, although that version issues them at another path.
#[derive(Debug)]
struct Announced {
    has: Has,
    list: OnceLock<String>,
}

impl Announced {
    const fn of(has: Has) -> Self {
        Self { has, list: OnceLock::new() }
    }
}

const HAS_TEAMS_USERS: Has = |version| version.teams_user.is_some();
const HAS_TEAMS_EXTENSIONS: Has = |version| version.teams_extension;
const HAS_ENTRA_USERS: Has = |version| version.entra;

static IDENTITIES: Announced = Announced::of(|_| true);
static TEAMS_USERS: Announced = Announced::of(HAS_TEAMS_USERS);
static TEAMS_EXTENSIONS: Announced = Announced::of(HAS_TEAMS_EXTENSIONS);
static ENTRA_USERS: Announced = Announced::of(HAS_ENTRA_USERS);

/// Every version.
pub(crate) const ALL: Versions = Versions { has: |_| true, announced: &IDENTITIES };
/// The versions with custom ids.
pub(crate) const CUSTOM_ID: Versions = Versions { has: |version| version.custom_id, announced: &IDENTITIES };
/// 2020-07-20-preview2.
pub(crate) const FIRST: Versions = Versions { has: |version| version.legacy, announced: &IDENTITIES };
/// The versions after it.
pub(crate) const LATER: Versions = Versions { has: |version| !version.legacy, announced: &IDENTITIES };
pub(crate) const TEAMS_USER: Versions = Versions { has: HAS_TEAMS_USERS, announced: &TEAMS_USERS };
pub(crate) const TEAMS_EXTENSION: Versions = Versions { has: HAS_TEAMS_EXTENSIONS, announced: &TEAMS_EXTENSIONS };
pub(crate) const ENTRA: Versions = Versions { has: HAS_ENTRA_USERS, announced: &ENTRA_USERS };

impl Versions {
    /// Returns whether a version has the operation.
    pub(crate) fn contain(&self, version: &ApiVersion) -> bool {
        (self.has)(version)
    }

    /// Returns the value of `api-supported-versions`.
    pub(crate) fn announced(&self) -> &'static str {
        self.announced.list.get_or_init(|| {
            let versions = api_version::KNOWN.iter().filter(|version| (self.announced.has)(version));
            versions.map(|version| version.name).collect::<Vec<_>>().join(", ")
        })
    }
}
