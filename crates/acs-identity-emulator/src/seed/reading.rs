//! Reads the fields of a seed from its tree.

use std::collections::{BTreeMap, HashSet};
use std::str::FromStr;

use acs_identity_protocol::RawId;
use acs_identity_protocol::raw_id::is_guid;
use acs_identity_protocol::time::parse_iso;
use time::OffsetDateTime;

use super::document::{Node, Value};
use super::{At, MAX_CUSTOM_ID, Seed, SeedAssignment, SeedClock, SeedError, SeedIdentity, faults};
use crate::clock::{EARLIEST, LATEST};

/// The fields of each mapping. docs/emulator/seed.schema.json has the same.
pub(super) const WHOLE: &[&str] = &["resourceId", "keys", "clock", "identities", "assignments", "faults"];
pub(super) const KEYS: &[&str] = &["primary", "secondary"];
pub(super) const CLOCK: &[&str] = &["now", "frozen"];
pub(super) const IDENTITY: &[&str] = &["id", "customId", "revocations"];
pub(super) const ASSIGNMENTS: &[&str] = &["teamsExtension", "entra"];
pub(super) const ASSIGNMENT: &[&str] = &["tenantId", "objectId", "principalType", "clientIds"];

/// The word for a revocation of all tokens that were issued until the emulator makes the identity.
pub(super) const NOW: &str = "now";

/// Which principals may be assigned (docs/service.md, section 9).
const TEAMS_PRINCIPALS: &[&str] = &["user", "resourceAccount", "teamsResourceAccount"];
const ENTRA_PRINCIPALS: &[&str] = &["user", "group", "tenant"];

/// A value and its place.
pub(super) struct Found<'a> {
    pub(super) at: At,
    value: &'a Value,
}

/// The members of a mapping.
pub(super) struct Members<'a> {
    pub(super) at: At,
    found: BTreeMap<&'a str, Found<'a>>,
}

pub(super) fn read(document: &Node) -> Result<Seed, SeedError> {
    let whole = Found { at: At { line: document.line, field: String::new() }, value: &document.value };
    let mut whole = whole.members(WHOLE)?;
    let mut keys = [None, None];
    let mut keys_at = None;
    if let Some(found) = whole.take("keys") {
        keys_at = Some(found.at.clone());
        let mut members = found.members(KEYS)?;
        for (slot, name) in keys.iter_mut().zip(KEYS) {
            let Some(found) = members.take(name) else { continue };
            *slot = Some(found.text()?.parse().map_err(|_| found.at.error("must be an access key in base64"))?);
        }
    }
    if let [Some(primary), Some(secondary)] = &keys
        && primary == secondary
    {
        let line = document.line;
        let at = keys_at.unwrap_or(At { line, field: "keys".to_owned() });
        return Err(at.error("must be two different keys: a regeneration of one would revoke the tokens of both"));
    }
    let mut resource_id = None;
    if let Some(found) = whole.take("resourceId") {
        resource_id = Some((found.guid()?, found.at));
    }
    let clock = whole.take("clock").map(|found| clock(&found)).transpose()?;
    let mut identities = Vec::new();
    if let Some(found) = whole.take("identities") {
        let mut named = HashSet::new();
        for found in found.list()? {
            identities.push(identity(&found, &mut resource_id, &mut named)?);
        }
    }
    let (mut teams_extension, mut entra) = (Vec::new(), Vec::new());
    if let Some(found) = whole.take("assignments") {
        let mut members = found.members(ASSIGNMENTS)?;
        if let Some(found) = members.take("teamsExtension") {
            teams_extension = assignments(&found, TEAMS_PRINCIPALS, true)?;
        }
        if let Some(found) = members.take("entra") {
            entra = assignments(&found, ENTRA_PRINCIPALS, false)?;
        }
    }
    let faults = whole.take("faults").map(|found| faults::read(&found)).transpose()?.unwrap_or_default();
    Ok(Seed { resource_id, keys, clock, identities, teams_extension, entra, faults })
}

fn clock(found: &Found<'_>) -> Result<SeedClock, SeedError> {
    let mut members = found.members(CLOCK)?;
    let now = members.take("now").map(|found| found.time()).transpose()?;
    let is_frozen = members.take("frozen").map(|found| found.bool()).transpose()?.unwrap_or(false);
    Ok(SeedClock { now, is_frozen })
}

fn identity(
    found: &Found<'_>,
    resource_id: &mut Option<(String, At)>,
    named: &mut HashSet<String>,
) -> Result<SeedIdentity, SeedError> {
    let mut members = found.members(IDENTITY)?;
    let mut is_new = |name: &str, found: &Found<'_>| match named.insert(name.to_owned()) {
        true => Ok(()),
        false => Err(found.at.error("is used by an earlier identity already")),
    };
    let mut user = None;
    if let Some(found) = members.take("id") {
        let (resource, guid) = found.user()?;
        if let Some(resource) = resource {
            let (known, _) = resource_id.get_or_insert_with(|| (resource.clone(), found.at.clone()));
            if *known != resource {
                return Err(found.at.error("is of another resource than an id or a resourceId above it"));
            }
        }
        is_new(&format!("id {guid}"), &found)?;
        user = Some(guid);
    }
    let mut custom_id = None;
    if let Some(found) = members.take("customId") {
        let text = found.text()?;
        if !(1..=MAX_CUSTOM_ID).contains(&text.chars().count()) {
            return Err(found.at.error(format!("must have 1 to {MAX_CUSTOM_ID} characters")));
        }
        is_new(&format!("customId {text}"), &found)?;
        custom_id = Some(text.to_owned());
    }
    if user.is_none() && custom_id.is_none() {
        // Every start would make another identity.
        return Err(found.at.error("needs an id or a customId"));
    }
    let mut revocations = Vec::new();
    if let Some(found) = members.take("revocations") {
        for found in found.list()? {
            let is_now = matches!(found.value, Value::Text(text) if text == NOW);
            revocations.push(if is_now { None } else { Some(found.time()?) });
        }
    }
    Ok(SeedIdentity { at: members.at, user, custom_id, revocations })
}

fn assignments(found: &Found<'_>, principals: &[&str], of_teams: bool) -> Result<Vec<SeedAssignment>, SeedError> {
    let mut named = HashSet::new();
    let mut assignments = Vec::new();
    for found in found.list()? {
        let mut members = found.members(ASSIGNMENT)?;
        let tenant = members.required("tenantId")?.guid()?;
        let object = members.required("objectId")?;
        let (at, object) = (object.at.clone(), object.guid()?);
        let principal_type = members.required("principalType")?;
        let text = principal_type.text()?;
        if !principals.contains(&text) {
            return Err(principal_type.at.error(format!("must be {}, but it is '{text}'", principals.join(" or "))));
        }
        let client_ids = members.take("clientIds").map(|found| guids(&found)).transpose()?;
        // The service has these rules, too.
        let needs_clients = !of_teams || text == "user";
        if needs_clients && client_ids.is_none() || of_teams && text == "user" && client_ids == Some(Vec::new()) {
            return Err(members.at.error("needs clientIds"));
        }
        // An object has one Entra assignment, in any tenant.
        let name = if of_teams { format!("{tenant} {object}") } else { object.clone() };
        if !named.insert(name) {
            return Err(at.error("is used by an earlier assignment already"));
        }
        assignments.push(SeedAssignment { tenant, object, principal_type: text.to_owned(), client_ids });
    }
    Ok(assignments)
}

fn guids(found: &Found<'_>) -> Result<Vec<String>, SeedError> {
    found.list()?.iter().map(Found::guid).collect()
}

impl<'a> Found<'a> {
    /// Returns the error for a value of another kind.
    fn is_not(&self, what: &str) -> SeedError {
        let is = match self.value {
            Value::Null => "empty",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        };
        let quotes = match (what, self.value) {
            ("a text", Value::Bool(_) | Value::Number(_)) => ": put it in quotes",
            _ => "",
        };
        let subject = if self.at.field.is_empty() { "the file " } else { "" };
        self.at.error(format!("{subject}must be {what}, but it is {is}{quotes}"))
    }

    pub(super) fn text(&self) -> Result<&'a str, SeedError> {
        match self.value {
            Value::Text(text) => Ok(text),
            _ => Err(self.is_not("a text")),
        }
    }

    pub(super) fn bool(&self) -> Result<bool, SeedError> {
        match self.value {
            Value::Bool(value) => Ok(*value),
            _ => Err(self.is_not("true or false")),
        }
    }

    /// Returns a number. `what` describes the numbers that the type has.
    pub(super) fn number<T: FromStr>(&self, what: &str) -> Result<T, SeedError> {
        let Value::Number(text) = self.value else { return Err(self.is_not(what)) };
        text.parse().map_err(|_| self.at.error(format!("must be {what}, but it is {text}")))
    }

    fn guid(&self) -> Result<String, SeedError> {
        let text = self.text()?;
        match is_guid(text) {
            true => Ok(text.to_ascii_lowercase()),
            false => Err(self.at.error(format!("must be a GUID, but it is '{text}'"))),
        }
    }

    fn time(&self) -> Result<OffsetDateTime, SeedError> {
        let text = self.text()?;
        let time = parse_iso(text).filter(|time| (EARLIEST..=LATEST).contains(time));
        time.ok_or_else(|| {
            let form = "a time of RFC 3339 from 1970 to 2261, such as 2030-01-31T09:00:00Z";
            self.at.error(format!("must be {form}, but it is '{text}'"))
        })
    }

    /// Returns the GUIDs of the resource and of the user in an id, which is a raw id or the user's GUID.
    fn user(&self) -> Result<(Option<String>, String), SeedError> {
        let text = self.text()?;
        match RawId::parse(text) {
            RawId::CommunicationUser { resource, user }
                if text.starts_with("8:acs:") && is_guid(&resource) && is_guid(&user) =>
            {
                Ok((Some(resource.to_ascii_lowercase()), user.to_ascii_lowercase()))
            }
            _ if is_guid(text) => Ok((None, text.to_ascii_lowercase())),
            _ => Err(self.at.error(format!("must be a GUID or a raw id (8:acs:GUID_GUID), but it is '{text}'"))),
        }
    }

    pub(super) fn list(&self) -> Result<Vec<Found<'a>>, SeedError> {
        let Value::List(nodes) = self.value else { return Err(self.is_not("a list")) };
        let element = |(index, node): (usize, &'a Node)| Found {
            at: At { line: node.line, field: format!("{}[{index}]", self.at.field) },
            value: &node.value,
        };
        Ok(nodes.iter().enumerate().map(element).collect())
    }

    /// Returns the members of a mapping. Other names than the known ones are refused.
    pub(super) fn members(&self, known: &[&str]) -> Result<Members<'a>, SeedError> {
        let Value::Map(nodes) = self.value else { return Err(self.is_not("a mapping")) };
        let mut found = BTreeMap::new();
        for (name, node) in nodes {
            let field = match self.at.field.as_str() {
                "" => name.clone(),
                above => format!("{above}.{name}"),
            };
            let at = At { line: node.line, field };
            if !known.contains(&name.as_str()) {
                return Err(at.error(format!("is not a field of a seed; the fields here are {}", known.join(", "))));
            }
            let member = Found { at, value: &node.value };
            if found.contains_key(name.as_str()) {
                return Err(member.at.error("is given twice"));
            }
            found.insert(name.as_str(), member);
        }
        Ok(Members { at: self.at.clone(), found })
    }
}

impl<'a> Members<'a> {
    pub(super) fn take(&mut self, name: &str) -> Option<Found<'a>> {
        self.found.remove(name)
    }

    fn required(&mut self, name: &str) -> Result<Found<'a>, SeedError> {
        self.take(name).ok_or_else(|| self.at.error(format!("needs {name}")))
    }
}
