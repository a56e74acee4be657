//! A program in place of a browser, which the variable BROWSER names.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::Folder;
use super::emulator::Client;

/// A program that writes the URL that it is asked to open into a file.
pub struct Browser {
    pub program: PathBuf,
    file: PathBuf,
}

impl Browser {
    /// A browser that also says something, and then does this.
    pub fn that(home: &Folder, then: &str) -> Self {
        let file = home.path().join("opened.url");
        let (part, whole) = (home.path().join("opened.part").display().to_string(), file.display().to_string());
        let script = format!(
            "#!/bin/sh\necho noise\necho noise >&2\nprintf '%s\\n' \"$@\" > '{part}'\nmv '{part}' '{whole}'\n{then}\n"
        );
        Self { program: home.program("browser", script), file }
    }

    /// A browser that ends at once, as `xdg-open` does.
    pub fn new(home: &Folder) -> Self {
        Self::that(home, "exit 0")
    }

    /// Waits for the URL.
    pub fn url(&self) -> String {
        let end = Instant::now() + Duration::from_secs(60);
        while !self.file.exists() {
            assert!(Instant::now() < end, "no URL was opened");
            std::thread::sleep(Duration::from_millis(5));
        }
        let text = std::fs::read_to_string(&self.file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 1, "{text}");
        lines[0].to_owned()
    }

    /// Forgets the URL.
    pub fn forget(&self) {
        std::fs::remove_file(&self.file).unwrap();
    }
}

/// Returns the code of a URL that signs in the page of the emulator on that port.
pub fn code_of(url: &str, port: u16) -> String {
    let code = url.strip_prefix(&format!("http://localhost:{port}/emulator/#code="));
    let code = code.unwrap_or_else(|| panic!("{url}")).to_owned();
    assert!(code.len() >= 22 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{code}");
    code
}

/// Exchanges a code for the control secret, which is possible once.
pub fn works_once(code: &str, port: u16) {
    let exchange = || {
        let body = format!(r#"{{"code":"{code}"}}"#);
        Client::new(port).raw("POST", "/emulator/page/session", &[], &body).unwrap()
    };
    let first = exchange();
    assert_eq!(first.status, 200, "{first:?}");
    let secret = first.body["secret"].as_str().unwrap();
    let bearer = [("authorization".to_owned(), format!("Bearer {secret}"))];
    assert_eq!(Client::new(port).raw("GET", "/emulator/status", &bearer, "").unwrap().status, 200);
    let second = exchange();
    assert_eq!((second.status, second.code()), (401, "InvalidCode"), "{second:?}");
}
