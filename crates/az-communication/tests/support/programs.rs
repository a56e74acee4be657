//! Servers of others that a test runs: as another user, on a machine of its own, and never longer than the test.

use std::fmt::Display;
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::machines::Machine;

/// The folders of Debian's programs.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A timeout that is long enough for every step on a busy machine.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Waits until the closure returns a value.
pub fn until<T>(what: impl Display, look: impl FnMut() -> Option<T>) -> T {
    within(LIMIT, what, look)
}

/// Waits until the closure returns a value, and fails after that time.
pub fn within<T>(limit: Duration, what: impl Display, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "not within {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Sends that signal, as `kill` names it.
pub fn signal(child: &Child, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(child.id().cast_signed()).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

type Order = (Command, Sender<std::io::Result<Child>>);

/// Starts a program on a thread that lives as long as the test program. The parent of [`ending`] is a thread: a program
/// that the thread of a test starts would end together with that test, even if others use it.
pub fn spawn(command: Command) -> Child {
    static SPAWNER: LazyLock<Mutex<Sender<Order>>> = LazyLock::new(|| {
        let (orders, received) = channel::<Order>();
        std::thread::spawn(move || {
            for (mut command, answer) in received {
                let _ = answer.send(command.spawn());
            }
        });
        Mutex::new(orders)
    });
    let (answer, spawned) = channel();
    SPAWNER.lock().unwrap().send((command, answer)).unwrap();
    spawned.recv().unwrap().unwrap()
}

/// Where programs run: on this machine, or on one with a network of its own.
#[derive(Clone, Default)]
pub struct Place(Option<Arc<Machine>>);

impl Place {
    pub fn on(machine: &Arc<Machine>) -> Self {
        Self(Some(Arc::clone(machine)))
    }

    /// Returns a program that ends together with the test program, which sends it that signal.
    pub fn ending(&self, signal: &str, program: impl AsRef<Path>) -> Command {
        let mut command = self.enter();
        command.args(["--pdeathsig", signal]).arg(program.as_ref());
        command
    }

    /// Returns the same as another user, if root runs the test. PostgreSQL and PgBouncer refuse to run as root.
    pub fn unprivileged(&self, signal: &str, program: impl AsRef<Path>) -> Command {
        let mut command = self.enter();
        if rustix::process::geteuid().is_root() {
            command.args(["--reuid", "nobody", "--regid", "nogroup", "--clear-groups"]);
        }
        // Changing the user clears this signal, so it is set by the same program.
        command.args(["--pdeathsig", signal]).arg(program.as_ref());
        command
    }

    fn enter(&self) -> Command {
        let mut command = match &self.0 {
            None => Command::new("setpriv"),
            Some(machine) => {
                let mut command = Command::new("nsenter");
                command.args(["--target", &machine.id().to_string(), "--net", "setpriv"]);
                command
            }
        };
        command.env_clear().env("PATH", PATH).env("LC_ALL", "C.UTF-8").env("HOME", "/nonexistent").current_dir("/");
        command
    }

    /// Runs the closure on a thread of that machine. Sockets stay on the machine on which they were made.
    pub fn run<T: Send>(&self, act: impl FnOnce() -> T + Send) -> T {
        let Some(machine) = &self.0 else { return act() };
        let network = std::fs::File::open(format!("/proc/{}/ns/net", machine.id())).unwrap();
        let there = || {
            move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
            act()
        };
        std::thread::scope(|scope| scope.spawn(there).join().unwrap())
    }

    pub fn listen(&self, address: &str) -> TcpListener {
        self.run(|| TcpListener::bind((address, 0)).unwrap())
    }

    /// Opens a connection that fails, and does not hang, if no answer comes.
    pub fn connect(&self, address: &str, port: u16) -> std::io::Result<TcpStream> {
        let stream = self.run(|| TcpStream::connect((address, port)))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(LIMIT))?;
        Ok(stream)
    }
}

/// An empty folder for the data of such a server. It is removed on drop.
///
/// It is not in the folder of the build, because the other user may be unable to enter that one, and because the path
/// of a socket may have 107 bytes only.
pub struct ServerFolder(PathBuf);

impl ServerFolder {
    pub fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        remove_left_ones();
        let name = format!("{PREFIX}{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir(&path).unwrap();
        let folder = Self(path);
        folder.give(&folder.0);
        folder
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file that only the other user can read.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        self.give(&path);
        path
    }

    fn give(&self, path: &Path) {
        if !rustix::process::geteuid().is_root() {
            return;
        }
        let users = std::fs::read_to_string("/etc/passwd").unwrap();
        let nobody = users.lines().find(|line| line.starts_with("nobody:")).expect("there is the user nobody");
        let mut numbers = nobody.split(':').skip(2).map(|number| number.parse().unwrap());
        std::os::unix::fs::chown(path, numbers.next(), numbers.next()).unwrap();
    }
}

const PREFIX: &str = "az-test-server-";

/// Removes the folders of test programs that were killed.
fn remove_left_ones() {
    for entry in std::fs::read_dir(std::env::temp_dir()).unwrap().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next());
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

impl Drop for ServerFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
