//! Records acknowledged changes, and checks whether an emulator still has them.

use std::collections::HashMap;
use std::path::Path;

use acs_identity_protocol::AccessKey;

use crate::support::emulator::{Client, Emulator};
use crate::support::{Folder, az};

/// Starts an emulator in that folder.
pub fn start(home: &Folder, data: &Path) -> Emulator {
    Emulator::start(home, &["--data-dir", data.to_str().unwrap()])
}

/// Starts an emulator that may refuse to start. Returns its error in that case.
pub fn try_start(home: &Folder, data: &Path) -> Result<Emulator, String> {
    let mut command = az(home);
    command.args(["communication", "emulator", "start", "--port", "0", "--data-dir"]).arg(data);
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
    match serde_json::from_str(&line) {
        Ok(ready) => Ok(Emulator { child, ready, stdout }),
        Err(_) => Err(String::from_utf8_lossy(&child.wait_with_output().unwrap().stderr).into_owned()),
    }
}

/// Ends an emulator with SIGTERM.
pub fn stop(mut emulator: Emulator) {
    crate::disk::run("kill", &[&emulator.child.id().to_string()]);
    assert!(emulator.child.wait().unwrap().success());
}

/// The changes that were acknowledged so far.
#[derive(Default)]
pub struct History {
    /// The identities, each with its active token.
    live: HashMap<String, String>,
    /// The tokens that are no longer active.
    ended: Vec<String>,
    deleted: Vec<String>,
    key: Option<AccessKey>,
    step: usize,
}

impl History {
    /// Returns a client with the key that is in force.
    pub fn client(&self, emulator: &Emulator) -> Client {
        let mut client = emulator.client();
        if let Some(key) = &self.key {
            client.key = key.clone();
        }
        client
    }

    /// Creates an identity with a token. Returns whether that was acknowledged.
    pub fn create(&mut self, client: &mut Client) -> bool {
        let answer = client.send("POST", "/identities", r#"{"createTokenWithScopes":["chat"]}"#);
        assert!([201, 503].contains(&answer.status), "{answer:?}");
        if answer.status == 201 {
            let text = |pointer: &str| answer.body.pointer(pointer).unwrap().as_str().unwrap().to_owned();
            self.live.insert(text("/identity/id"), text("/accessToken/token"));
        }
        answer.status == 201
    }

    /// Sends the next request of a fixed order of all operations, and records the acknowledged change.
    pub fn advance(&mut self, client: &mut Client) {
        self.step += 1;
        let Some(id) = self.live.keys().next().cloned() else {
            assert!(self.create(client));
            return;
        };
        match self.step % 6 {
            0 => {
                assert_eq!(client.send("DELETE", &format!("/identities/{id}"), "").status, 204);
                self.ended.extend(self.live.remove(&id));
                self.deleted.push(id);
            }
            1 => {
                assert_eq!(client.send("POST", &format!("/identities/{id}/:revokeAccessTokens"), "").status, 204);
                let token = client.issue(&id).body["token"].as_str().unwrap().to_owned();
                self.ended.extend(self.live.insert(id, token));
            }
            2 if self.step % 24 == 2 => {
                let answer = client.send("POST", "/emulator/regenerate-key", r#"{"keyType":"Primary"}"#);
                client.key = answer.body["primaryKey"].as_str().unwrap().parse().unwrap();
                self.key = Some(client.key.clone());
                for (id, token) in std::mem::take(&mut self.live) {
                    self.ended.push(token);
                    let token = client.issue(&id).body["token"].as_str().unwrap().to_owned();
                    self.live.insert(id, token);
                }
            }
            3 => {
                let token = client.issue(&id).body["token"].as_str().unwrap().to_owned();
                self.live.insert(id, token);
            }
            _ => assert!(self.create(client)),
        }
    }

    /// Checks that an emulator has all acknowledged changes.
    pub fn check(&self, emulator: &Emulator) {
        assert_eq!(self.lost(emulator), None, "at step {}", self.step);
    }

    /// Returns the acknowledged change that an emulator has lost, if there is one.
    pub fn lost(&self, emulator: &Emulator) -> Option<String> {
        let mut client = self.client(emulator);
        let path = |id: &str| format!("/identities/{id}?api-version=2025-03-02-preview");
        for (id, token) in &self.live {
            let answer = client.send("GET", &path(id), "");
            if answer.status != 200 {
                return Some(format!("{id} is lost: {answer:?}"));
            }
            if !client.is_active(token) {
                return Some(format!("the token of {id} is not active"));
            }
        }
        if let Some(id) = self.deleted.iter().find(|id| client.send("GET", &path(id), "").status != 404) {
            return Some(format!("{id} is there again"));
        }
        self.ended.iter().rev().take(40).any(|token| client.is_active(token)).then(|| "a token is active again".into())
    }

    pub fn len(&self) -> usize {
        self.live.len()
    }
}
