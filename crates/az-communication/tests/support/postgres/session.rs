//! Statements of the administrator, which `psql` runs.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::super::programs::{Place, spawn};
use super::data::program;
use super::server::Server;

fn psql(server: &Server, database: &str) -> Command {
    let mut command = program(&Place::default(), "psql");
    command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database]);
    // The socket is reached from every machine.
    command.arg("-h").arg(server.folder.path()).args(["-p", &server.port.to_string()]);
    command
}

/// Runs statements. Returns the rows.
pub fn sql(server: &Server, database: &str, text: &str) -> String {
    let output = psql(server, database).args(["-c", text]).output().unwrap();
    assert!(output.status.success(), "{text}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// A session that stays open, so that a transaction can hold locks while the test does other things.
pub struct Session {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Session {
    pub(super) fn of(server: &Server, database: &str) -> Self {
        let mut command = psql(server, database);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = spawn(command);
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, stdin, stdout: BufReader::new(stdout) }
    }

    /// Runs statements and waits for them. Returns the rows.
    pub fn run(&mut self, text: &str) -> Vec<String> {
        const END: &str = "-- end --";
        writeln!(self.stdin, "{text};\n\\echo '{END}'").unwrap();
        let mut rows = Vec::new();
        loop {
            let mut line = String::new();
            assert!(self.stdout.read_line(&mut line).unwrap() > 0, "psql has ended: {text}");
            match line.trim_end() {
                END => return rows,
                row => rows.push(row.to_owned()),
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
