//! A data folder that was used, and all responses of an emulator about it.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use acs_identity_protocol::api_version::ApiVersion;
use acs_identity_protocol::models::{
    CreateIdentityRequest, EntraAssignmentRequest, EntraAssignmentsPatch, IssueAccessTokenRequest, PrincipalType,
};
use acs_identity_protocol::scope::TokenScope;

use crate::certificates;
use crate::clock::machine;
use crate::config::Config;
use crate::core::{Core, Refusal, TokenTimes};
use crate::error::Error;
use crate::store::{AccessSlot, Caller, Kind, block_on};

/// A folder of a test, which is removed on drop.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("acs-damage-{}-{count}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        crate::files::make_folder(&path).unwrap();
        Self(path)
    }

    pub(super) fn of(files: &Files) -> Self {
        let folder = Self::new();
        for (name, content) in files {
            fs::write(folder.0.join(name), content).unwrap();
        }
        folder
    }

    /// Returns its files. The shared memory is left out, because the first process that opens the database makes it
    /// again.
    pub(super) fn files(&self) -> Files {
        let mut files = Files::new();
        for entry in fs::read_dir(&self.0).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if !name.ends_with("-shm") {
                files.push((name, fs::read(entry.path()).unwrap()));
            }
        }
        files.sort();
        files
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Names and contents of files.
pub(super) type Files = Vec<(String, Vec<u8>)>;

/// The questions and the responses.
pub(super) type Said = Vec<(String, Result<String, Refusal>)>;

/// The data to ask for.
#[derive(Clone, Default)]
pub(super) struct Questions {
    pub(super) identities: Vec<String>,
    pub(super) custom_ids: Vec<String>,
    pub(super) tokens: Vec<String>,
    pub(super) objects: Vec<String>,
    /// Whether to ask for the keys that verify tokens. Missing keys are made then.
    pub(super) signing_keys: bool,
}

pub(super) fn version() -> &'static ApiVersion {
    ApiVersion::find("2025-03-02-preview").unwrap()
}

/// Returns a caller with the access key that is in force.
pub(super) fn caller(core: &Core, slot: AccessSlot) -> Caller {
    Caller::Key { slot, generation: core.access_keys.generations()[slot as usize] }
}

pub(super) fn issue(core: &Core, caller: Caller, id: &str) -> Result<String, Refusal> {
    let scopes = Some(vec![TokenScope::Chat]);
    let request = IssueAccessTokenRequest { scopes, ..IssueAccessTokenRequest::default() };
    Ok(block_on(core.identities.issue(caller, version(), id, request, TokenTimes::default()))?.token.unwrap())
}

pub(super) fn create(core: &Core, custom_id: Option<String>) -> Result<String, Refusal> {
    let request = CreateIdentityRequest { custom_id, ..CreateIdentityRequest::default() };
    let made =
        block_on(core.identities.create(caller(core, AccessSlot::Primary), version(), request, TokenTimes::default()))?;
    Ok(made.identity.unwrap().id.unwrap())
}

const TENANT: &str = "11111111-1111-1111-1111-111111111111";

/// Fills a new folder. Returns its files after a clean stop and after a kill, and the data to ask for.
pub(super) fn filled() -> ([Files; 2], Questions) {
    let folder = Folder::new();
    let config = Config::in_folder(&folder.0);
    let core = Core::open(&config).unwrap();
    drop(certificates::open(&config, &core.store, machine::now(), None).unwrap());
    let mut questions = Questions { signing_keys: true, ..Questions::default() };
    let first = create(&core, None).unwrap();
    questions.tokens.push(issue(&core, caller(&core, AccessSlot::Primary), &first).unwrap());
    block_on(core.access_keys.regenerate(caller(&core, AccessSlot::Secondary), AccessSlot::Primary)).unwrap();
    for number in 0..200 {
        let custom_id = (number % 3 == 0).then(|| format!("custom {number}"));
        questions.custom_ids.extend(custom_id.clone());
        let id = create(&core, custom_id).unwrap();
        let by = [caller(&core, AccessSlot::Primary), caller(&core, AccessSlot::Secondary), Caller::Entra];
        if number % 5 == 0 {
            questions.tokens.push(issue(&core, by[number % 3], &id).unwrap());
        }
        match number % 7 {
            0 | 5 => block_on(core.identities.revoke(by[0], &id)).unwrap(),
            1 => {
                let hour_ago = machine::now() - time::Duration::hours(1);
                block_on(core.identities.revoke_before(by[0], &id, hour_ago)).unwrap();
            }
            2 if number % 3 != 0 => block_on(core.identities.delete(by[0], &id)).unwrap(),
            _ => {}
        }
        questions.identities.push(id);
    }
    let mut patch = EntraAssignmentsPatch::new();
    for number in 0..60 {
        let object = format!("{number:08}-0000-0000-0000-000000000000");
        let request = EntraAssignmentRequest {
            tenant_id: Some(TENANT.into()),
            principal_type: Some(PrincipalType::User),
            client_ids: Some(vec![format!("{number:08}-2222-2222-2222-222222222222")]),
        };
        patch.insert(object.clone(), Some(request));
        questions.objects.push(object);
    }
    block_on(core.assignments.patch_entra(Caller::Entra, patch)).unwrap();
    let killed = folder.files();
    drop(core);
    ([folder.files(), killed], questions)
}

/// Opens a folder and asks for all data.
pub(super) fn ask(config: &Config, questions: &Questions) -> Result<Said, Error> {
    let core = Core::open(config)?;
    let pki = certificates::open(config, &core.store, machine::now(), None)?;
    let by = caller(&core, AccessSlot::Primary);
    let keys = AccessSlot::ALL.map(|slot| core.access_keys.get(slot).to_base64());
    let mut said = Said::new();
    let mut say = |what: String, answer: Result<String, Refusal>| said.push((what, answer));
    say("resource".into(), Ok(core.resource.id().to_string()));
    say("access keys".into(), Ok(format!("{keys:?} {:?}", core.access_keys.generations())));
    say("authority".into(), Ok(pki.ca_certificate()));
    if questions.signing_keys {
        say("signing keys".into(), block_on(core.signer.token_jwks()).map(|keys| keys.to_string()));
    }
    for id in &questions.identities {
        say(id.clone(), block_on(core.identities.get(by, version(), id)).map(|identity| format!("{identity:?}")));
    }
    for custom_id in &questions.custom_ids {
        say(custom_id.clone(), create(&core, Some(custom_id.clone())));
    }
    for token in &questions.tokens {
        say(
            format!("token {token}"),
            block_on(core.introspector.introspect(by, token)).map(|said| format!("{said:?}")),
        );
    }
    for object in &questions.objects {
        say(
            object.clone(),
            block_on(core.assignments.get(by, Kind::Entra, None, object)).map(|row| format!("{row:?}")),
        );
    }
    say("assignments".into(), block_on(core.assignments.list_entra(by, None)).map(|list| format!("{list:?}")));
    // New writes must be stored as well.
    for (number, id) in questions.identities.iter().enumerate().take(8) {
        let written = issue(&core, by, id).and_then(|token| {
            block_on(core.identities.revoke(by, id))?;
            Ok(format!("revoked: {:?}", block_on(core.introspector.introspect(by, &token))?.reason))
        });
        say(format!("writing {number}"), written);
    }
    Ok(said)
}
