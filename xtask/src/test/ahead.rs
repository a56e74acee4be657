//! Builds that run beside the first steps: those of the release, which later steps need.
//!
//! The first steps do not keep all cores busy, because they link, and wait for clients and the network. The builds run
//! with the kernel's idle policy, so they take only the time that is left.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::child;

/// A build with a lock of its own: its folder, relative to the repository, and its command line.
const BUILDS: &[(&str, &str)] =
    &[(".", "cargo build --quiet --release -p az-communication"), ("bench", "cargo build --quiet --release")];

/// Builds that may still run. They only save time: a step that needs a program builds it by the same command line, which
/// waits for the build that runs here. So a build that fails here is not an error.
#[derive(Debug)]
pub struct Ahead {
    builds: Vec<Child>,
}

impl Ahead {
    /// Begins the builds, where the system has the idle policy.
    pub fn start(root: &Path) -> Self {
        let start = |(folder, line): &(&str, &str)| idle(root, line).current_dir(root.join(folder)).spawn().ok();
        Self { builds: BUILDS.iter().filter_map(start).collect() }
    }
}

impl Drop for Ahead {
    /// Ends the builds that still run after a step that has failed.
    fn drop(&mut self) {
        for build in &mut self.builds {
            // A build that has ended by itself cannot be ended again.
            let _ = build.kill();
            let _ = build.wait();
        }
    }
}

fn idle(root: &Path, line: &str) -> Command {
    let mut command = child::line(root, &format!("chrt --idle 0 {line}"));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}
