//! The output of `emulator start` when it is ready: a JSON line for programs, and a text for a user at the terminal.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

use acs_identity_emulator::Access;
use acs_identity_protocol::connection_string::{DEVELOPMENT_ACCESS_KEY, DEVELOPMENT_EMULATOR};
use serde_json::{Value as Json, json};

use crate::commands::emulator::options::data_folder::Data;
use crate::commands::emulator::options::path_text::text_of;
use crate::commands::emulator::process::process_file::ProcessFile;
use crate::knack::globals::OUTPUT;
use crate::knack::invocation::Invocation;
use crate::knack::json_value::value_of;
use crate::knack::rendering;
use crate::report::error::CliError;
use crate::report::program::Program;
use crate::report::stdout;
use crate::service::{emulator_files, emulator_options};
use crate::system::platform::Platform;

/// Returns the data folder, or the URL of the database without a password, for a user. Returns `None` for memory.
///
/// # Errors
///
/// Fails when the path of the folder is not UTF-8.
pub(crate) fn place_of(data: &Data) -> Result<Option<String>, CliError> {
    match data {
        Data::Memory => Ok(None),
        Data::Folder(folder) => text_of(folder).map(Some),
        Data::Database(database) => Ok(Some(database.address.to_string())),
    }
}

/// The members of every ready line.
pub(crate) const MEMBERS: [&str; 7] =
    ["endpoint", "connectionString", "caCertificate", "caBundle", "controlEndpoint", "readyFile", "pid"];

/// Members that ready lines of the previous version did not have.
pub(crate) const LATER_MEMBERS: [&str; 5] = ["pidFile", "logFile", "controlSecretFile", "tokenEndpoint", "dashboard"];

/// Where clients find the emulator and its certificates.
#[derive(Clone)]
pub(crate) struct Ready {
    /// The endpoint for clients. It is the value of `--public-url`, if that is given.
    pub(crate) endpoint: String,
    /// The endpoint on this machine, independently of the endpoint for clients. A proxy needs it.
    pub(crate) control_endpoint: String,
    /// The URL of the page. `None` if the emulator is of a version without a page.
    pub(crate) dashboard: Option<String>,
    pub(crate) connection_string: String,
    /// The path of the authority's certificate. `None` if no file could be written.
    pub(crate) certificate: Option<String>,
    /// The path of the bundle with the root certificates of this machine and the authority.
    pub(crate) bundle: Option<String>,
    /// The data folder, or the URL of the database. `None` if the data is in memory.
    pub(crate) data: Option<String>,
    /// The path of the ready file.
    pub(crate) file: Option<String>,
    /// The path of the pid file.
    pub(crate) pid_file: Option<String>,
    /// The path of the log. `None` if it goes to stderr.
    pub(crate) log_file: Option<String>,
    /// The path of the file with the control secret. `None` if the secret was given, or is in memory.
    pub(crate) control_secret_file: Option<String>,
    /// The URL that gives tokens to web pages in development. `None` if it is off.
    pub(crate) token_endpoint: Option<String>,
    /// The process that serves.
    pub(crate) pid: u32,
}

impl Ready {
    /// Collects the data of a running emulator.
    pub(crate) fn of(emulator: &Access) -> Self {
        Self {
            endpoint: emulator.public_endpoint().to_owned(),
            control_endpoint: format!("{}/emulator/", emulator.endpoint()),
            dashboard: Some(emulator.dashboard()),
            connection_string: emulator.public_connection_string().to_owned(),
            certificate: None,
            bundle: None,
            data: None,
            file: None,
            pid_file: None,
            log_file: None,
            control_secret_file: None,
            token_endpoint: emulator.token_endpoint().map(str::to_owned),
            pid: std::process::id(),
        }
    }

    /// Parses the ready file of an emulator with that data folder. Returns `None` if the file does not belong to that
    /// process.
    pub(crate) fn of_file(content: &[u8], pid: u32, data: Option<String>) -> Option<Self> {
        let line: Json = serde_json::from_slice(content).ok()?;
        let text = |name: &str| line.get(name).and_then(Json::as_str).map(str::to_owned);
        let is_of_it = line.get("pid").and_then(Json::as_u64) == Some(pid.into());
        let ready = Self {
            endpoint: text("endpoint")?,
            control_endpoint: text("controlEndpoint")?,
            dashboard: text("dashboard"),
            connection_string: text("connectionString")?,
            certificate: text("caCertificate"),
            bundle: text("caBundle"),
            data,
            file: text("readyFile"),
            pid_file: text("pidFile"),
            log_file: text("logFile"),
            control_secret_file: text("controlSecretFile"),
            token_endpoint: text("tokenEndpoint"),
            pid,
        };
        is_of_it.then_some(ready)
    }

    /// Writes the whole line into the file.
    ///
    /// # Errors
    ///
    /// Fails when the file cannot be written.
    pub(crate) fn publish(&self, file: Option<&mut ProcessFile>) -> Result<(), CliError> {
        file.map_or(Ok(()), |file| file.publish(&self.document(true).to_string()))
    }

    /// Prints the line. On stdout, it leaves out an access key that must not be stored there. On a terminal, a text for
    /// the user follows. It has the URL that `page` returns, which signs in the page.
    ///
    /// # Errors
    ///
    /// Fails when stdout cannot be written, or its reader has gone: then no program would know that the emulator runs.
    /// Also fails when a query does not fit the line.
    pub(crate) fn say(
        &self,
        invocation: &Invocation<'_>,
        page: impl FnOnce() -> Option<String>,
    ) -> Result<(), CliError> {
        // If stdout is not a terminal, it is probably a journal or the log of a CI run.
        let with_key = self.has_well_known_key() || std::io::stdout().is_terminal();
        let document = self.document(with_key);
        if invocation.arguments.has(&OUTPUT) || invocation.arguments.query().is_some() {
            rendering::show(invocation, value_of(document), None)?;
        } else {
            stdout::print_part(&format!("{document}\n"))?;
        }
        let printer = invocation.printer;
        if !with_key && self.file.is_none() {
            printer.warning(
                "The ready line has no connection string, because the access key is not the well-known one and stdout is not \
                 a terminal. --ready-file FILE writes the whole line into a file that only you can read.",
            );
        }
        if printer.has_user() {
            printer.lines(&self.words(with_key, page().as_deref(), Platform::HERE));
        }
        Ok(())
    }

    /// Returns whether it has the address, the folder and the key for which `UseDevelopmentEmulator=true` stands.
    fn is_usual(&self) -> bool {
        let folder =
            emulator_files::data_dir().and_then(|folder| text_of(&std::path::absolute(&folder).unwrap_or(folder)));
        emulator_options::development_host().is_ok_and(|host| self.endpoint == format!("https://{host}"))
            && folder.is_ok_and(|folder| self.data.as_ref() == Some(&folder))
            && self.has_well_known_key()
    }

    /// Returns the ready line.
    fn document(&self, with_key: bool) -> Json {
        json!({
            "endpoint": self.endpoint,
            "connectionString": with_key.then_some(&self.connection_string),
            "caCertificate": self.certificate,
            "caBundle": self.bundle,
            "controlEndpoint": self.control_endpoint,
            "dashboard": self.dashboard,
            "readyFile": self.file,
            "pidFile": self.pid_file,
            "logFile": self.log_file,
            "controlSecretFile": self.control_secret_file,
            "tokenEndpoint": self.token_endpoint,
            "pid": self.pid,
        })
    }

    fn has_well_known_key(&self) -> bool {
        self.connection_string.ends_with(&format!(";accesskey={DEVELOPMENT_ACCESS_KEY}"))
    }

    /// Returns the command that stops it. Its ready file names it in any case.
    pub(crate) fn stop_command(&self, platform: Platform) -> String {
        let stop = Program::current().command("communication emulator stop");
        match &self.file {
            Some(file) => format!("{stop} --ready-file {}", platform.quoted(file)),
            None => platform.stop(self.pid),
        }
    }

    /// Returns the text for a user. `shown` says whether the connection string is printed on stdout. `page` is the URL
    /// that signs in the page.
    fn words(&self, shown: bool, page: Option<&str>, platform: Platform) -> String {
        let place = self.data.as_ref().map_or_else(|| "in memory".to_owned(), |folder| format!("in {folder}"));
        let local = self.control_endpoint.strip_suffix("/emulator/").unwrap_or(&self.control_endpoint);
        let is_public = local != self.endpoint;
        let mut words = format!("\nThe emulator is running at {local}. Its data is kept {place}.\n");
        if is_public {
            let _ = writeln!(words, "Clients reach it at {}, with the certificate of the proxy.", self.endpoint);
        }
        if let Some(url) = page {
            let _ = writeln!(words, "Its page in a browser, with a code that works once: {url}");
        }
        if let Some(url) = &self.token_endpoint {
            let _ = writeln!(words, "Web pages in development get tokens without a credential: {url}?user=NAME");
        }
        if self.is_usual() {
            let _ = writeln!(
                words,
                "For {}, the connection string {DEVELOPMENT_EMULATOR} is enough.",
                Program::current().this()
            );
        }
        words.push_str("To use it from another terminal:\n\n");
        let mut export = |name: &str, value: &str, what: &str| {
            let _ = writeln!(words, "  {}{what}", platform.export(name, value));
        };
        // The well-known key may be shown again. Any other key is shown at most once, in the line above.
        let (string, place) = match &self.file {
            _ if self.has_well_known_key() => (self.connection_string.clone(), String::new()),
            Some(file) => ("…".to_owned(), format!("  # connectionString in {file}")),
            None if shown => ("…".to_owned(), "  # connectionString of the line above".to_owned()),
            None => (format!("endpoint={}/;accesskey=…", self.endpoint), "  # with your key".to_owned()),
        };
        export("AZURE_COMMUNICATION_CONNECTION_STRING", &string, &place);
        if let (Some(certificate), Some(bundle), false) = (&self.certificate, &self.bundle, is_public) {
            export("REQUESTS_CA_BUNDLE", bundle, "  # Python, the Azure CLI");
            export("SSL_CERT_FILE", bundle, "  # OpenSSL, Go, .NET");
            export("CURL_CA_BUNDLE", bundle, "  # curl");
            export("NODE_EXTRA_CA_CERTS", certificate, "  # Node.js");
        }
        let _ = match self.pid == std::process::id() {
            true => writeln!(words, "\nCtrl-C stops it."),
            false => writeln!(words, "\nTo stop it: {}", self.stop_command(platform)),
        };
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_quotes_for_the_shell_and_hides_any_other_key_than_the_well_known_one() {
        let mut ready = Ready {
            endpoint: "https://localhost:1".into(),
            control_endpoint: "https://localhost:1/emulator/".into(),
            dashboard: Some("http://localhost:1/emulator/".into()),
            connection_string: format!("endpoint=https://localhost:1/;accesskey={DEVELOPMENT_ACCESS_KEY}"),
            certificate: Some("/h/it's/ca.pem".into()),
            bundle: Some("/h/bundle.pem".into()),
            data: Some("/h".into()),
            file: None,
            pid_file: None,
            log_file: None,
            control_secret_file: None,
            token_endpoint: None,
            pid: std::process::id(),
        };
        let words = ready.words(true, None, Platform::Linux);
        assert!(words.contains(&format!("CONNECTION_STRING='{}'\n", ready.connection_string)), "{words}");
        assert!(words.contains(r"NODE_EXTRA_CA_CERTS='/h/it'\''s/ca.pem'"), "{words}");
        assert!(words.contains("REQUESTS_CA_BUNDLE=/h/bundle.pem "), "{words}");
        let (data, bundle, pid) = (ready.data.clone(), ready.bundle.clone(), ready.pid);
        ready.data = Some(r"C:\Users\Jo Doe".into());
        ready.bundle = Some(r"C:\Users\Jo Doe\bundle.pem".into());
        ready.pid = 0;
        let page = Some("http://localhost:1/emulator/#code=c0de");
        let words = ready.words(true, page, Platform::Windows).replace(DEVELOPMENT_ACCESS_KEY, "KEY");
        insta::assert_snapshot!(words, @r#"

        The emulator is running at https://localhost:1. Its data is kept in C:\Users\Jo Doe.
        Its page in a browser, with a code that works once: http://localhost:1/emulator/#code=c0de
        To use it from another terminal:

          $env:AZURE_COMMUNICATION_CONNECTION_STRING = 'endpoint=https://localhost:1/;accesskey=KEY'
          $env:REQUESTS_CA_BUNDLE = 'C:\Users\Jo Doe\bundle.pem'  # Python, the Azure CLI
          $env:SSL_CERT_FILE = 'C:\Users\Jo Doe\bundle.pem'  # OpenSSL, Go, .NET
          $env:CURL_CA_BUNDLE = 'C:\Users\Jo Doe\bundle.pem'  # curl
          $env:NODE_EXTRA_CA_CERTS = '/h/it''s/ca.pem'  # Node.js

        To stop it: Stop-Process -Id 0
        "#);
        (ready.data, ready.bundle, ready.pid) = (data, bundle, pid);
        ready.endpoint = "https://acs.example".into();
        insta::assert_snapshot!(ready.words(true, None, Platform::Linux), @r"

        The emulator is running at https://localhost:1. Its data is kept in /h.
        Clients reach it at https://acs.example, with the certificate of the proxy.
        To use it from another terminal:

          export AZURE_COMMUNICATION_CONNECTION_STRING='endpoint=https://localhost:1/;accesskey=V2VsbC1rbm93biBrZXkgb2YgdGhlIEFDUyBJZGVudGl0eSBlbXVsYXRvci4gTm90IGEgc2VjcmV0Lg=='

        Ctrl-C stops it.
        ");
        ready.connection_string = "endpoint=https://localhost:1/;accesskey=c2VjcmV0".into();
        for shown in [true, false] {
            assert!(!ready.words(shown, None, Platform::Linux).contains("c2VjcmV0"));
        }
    }
}
