//! Keys and certificates that a start parses on a thread of its own, while it checks the data. Parsing takes a tenth of
//! a start.

use std::thread::{self, JoinHandle};

use crate::certificates;
use crate::clock::machine;
use crate::config::Config;
use crate::core::ParsedKey;
use crate::store::{AccessSlot, SigningSlot, Values};

/// What was parsed. A part is `None` if the store did not have it, or if it cannot be used. Then it is read again where
/// it is needed, which explains an error.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) key: Option<ParsedKey>,
    pub(super) certificates: Option<certificates::Parsed>,
}

/// A thread that parses. There is none if there is nothing to parse.
#[derive(Default)]
pub(super) struct Ahead(Option<JoinHandle<Parsed>>);

impl Ahead {
    /// Reads the values, and starts to parse them.
    pub(super) fn start(config: &Config, values: &dyn Values) -> Self {
        let key = values.signing_key(SigningSlot::Access(AccessSlot::Primary));
        let setting = values.setting(certificates::SETTING);
        if key.is_none() && setting.is_none() {
            return Self(None);
        }
        let config = config.clone();
        let parse = move || Parsed {
            certificates: setting.and_then(|setting| certificates::parse(&config, &setting, machine::now())),
            key: key.and_then(ParsedKey::of),
        };
        Self(thread::Builder::new().name("parse".to_owned()).spawn(parse).ok())
    }

    /// Waits for the thread.
    pub(super) fn finish(self) -> Parsed {
        self.0.and_then(|thread| thread.join().ok()).unwrap_or_default()
    }
}
