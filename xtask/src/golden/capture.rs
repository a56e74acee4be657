//! Captures golden cases from a real `az`: runs the command lines of a file of cases, and writes the same cases with
//! the results. To follow a new version of the reference, capture the cases again, and read the differences.
//!
//! The reference takes its extensions from AZURE_EXTENSION_DIR.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{compared, format};
use crate::cases::run::{Seen, World};
use crate::cases::{self, Case};
use crate::error::{At as _, Error};
use crate::words::Words;

/// Removes two arguments of the reference that the golden cases lack.
const SITE_CUSTOMIZE: &str = include_str!("sitecustomize.py");
/// One of these arguments.
const NOT_WANTED: &str = "--acquire-policy-token";

/// The files in AZURE_CONFIG_DIR that are not copied from the first run, because each case has its own configuration.
const NOT_KEPT: [&str; 4] = ["config", "logs", "telemetry", "telemetry.txt"];

type Object = Map<String, Value>;

/// Captures the selected cases, and prints which of them have changed.
///
/// # Errors
///
/// When the program cannot be run, or a file cannot be read or written.
pub fn run(root: &Path, program: &Path, mut words: Words) -> Result<(), Error> {
    let program = program.canonicalize().at(program)?;
    let groups = words.value("--group")?;
    let only = words.value("--case")?;
    let jobs = words.number("--jobs", 2)?;
    let folder = words.value("--out")?.map_or_else(|| root.join("target/golden"), PathBuf::from);
    let files = match words.value("--cases")? {
        Some(path) => vec![PathBuf::from(path)],
        None => cases::files(root)?,
    };
    words.end()?;
    let is_chosen = |case: &Object| {
        let text = |name: &str| case.get(name).and_then(Value::as_str).unwrap_or_default();
        groups.as_deref().is_none_or(|groups| groups.split(',').any(|group| group == text("group")))
            && only.as_deref().is_none_or(|only| only == text("id"))
    };
    fs::create_dir_all(&folder).at(&folder)?;
    let folder = folder.canonicalize().at(&folder)?;
    let reference = Reference::prepare(&program, &folder)?;
    for path in files {
        let cases: Vec<Object> = cases::read(&path)?.into_iter().filter(&is_chosen).collect();
        let captured = reference.capture_all(&cases, jobs)?;
        let written = folder.join(path.file_name().unwrap_or_default());
        fs::write(&written, format::text(&captured)?).at(&written)?;
        print!("{}", report(&cases, &captured));
        println!("{}: {} cases are captured.", written.display(), captured.len());
    }
    Ok(())
}

/// The real `az`.
struct Reference {
    program: PathBuf,
    folder: PathBuf,
    template: PathBuf,
}

impl Reference {
    /// Runs it once, so that it stores its table of commands. Otherwise, it would build the table in each new home
    /// folder.
    fn prepare(program: &Path, folder: &Path) -> Result<Self, Error> {
        let reference =
            Self { program: program.to_owned(), folder: folder.to_owned(), template: folder.join("template") };
        let mut world = reference.world(0);
        world.template = None;
        let python = folder.join("python");
        fs::create_dir_all(&python).at(&python)?;
        fs::write(python.join("sitecustomize.py"), SITE_CUSTOMIZE).at(&python)?;
        let argv = ["communication", "identity", "token", "issue", "--help"].map(ToOwned::to_owned).to_vec();
        world.prepare()?;
        let seen = world.run(program, &Case { argv, ..Case::default() })?;
        if seen.exit_code != 0 {
            return Err(Error::new(format!(
                "{} has no command 'communication identity token issue'. Install its extension 'communication', and name the folder of \
                 extensions in AZURE_EXTENSION_DIR. It said:\n{}",
                program.display(),
                seen.stderr
            )));
        }
        if seen.stdout.contains(NOT_WANTED) {
            eprintln!(
                "Help has {NOT_WANTED}, because the Python of this az ignores PYTHONPATH: all help pages will differ."
            );
        }
        match fs::remove_dir_all(&reference.template) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error).at(&reference.template),
            _ => {}
        }
        let kept = world.home().join(".azure");
        for name in NOT_KEPT {
            let path = kept.join(name);
            // It can be a file or a folder.
            let _ = fs::remove_file(&path);
            let _ = fs::remove_dir_all(&path);
        }
        fs::rename(&kept, &reference.template).at(&kept)?;
        Ok(reference)
    }

    fn world(&self, number: usize) -> World {
        let own = self.program.parent().unwrap_or(Path::new("/")).display();
        let path = std::env::var("PATH").unwrap_or_default();
        let python = self.folder.join("python").to_string_lossy().into_owned();
        let mut variables =
            vec![("AZURE_CORE_COLLECT_TELEMETRY".to_owned(), "no".to_owned()), ("PYTHONPATH".to_owned(), python)];
        variables.extend(std::env::var("AZURE_EXTENSION_DIR").map(|folder| ("AZURE_EXTENSION_DIR".to_owned(), folder)));
        World {
            folder: self.folder.join(format!("world-{number}")),
            path: format!("{own}:{path}"),
            variables,
            template: Some(self.template.clone()),
            deadline: Duration::from_secs(180),
        }
    }

    fn capture_all(&self, cases: &[Object], jobs: usize) -> Result<Vec<Object>, Error> {
        let (next, captured) = (AtomicUsize::new(0), Mutex::new(vec![Object::new(); cases.len()]));
        let worker = |number: usize| -> Result<(), Error> {
            let world = self.world(number);
            loop {
                let at = next.fetch_add(1, Ordering::SeqCst);
                let Some(case) = cases.get(at) else { return Ok(()) };
                let new = self.capture(&world, case)?;
                captured.lock().unwrap_or_else(PoisonError::into_inner)[at] = new;
                if at % 50 == 49 {
                    eprintln!("{} of {}", at + 1, cases.len());
                }
            }
        };
        thread::scope(|scope| {
            let workers: Vec<_> = (0..jobs.max(1)).map(|number| scope.spawn(move || worker(number))).collect();
            let lost = || Err(Error::new("a thread of the capture panicked."));
            workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| lost()))
        })?;
        Ok(captured.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn capture(&self, world: &World, case: &Object) -> Result<Object, Error> {
        world.prepare()?;
        let seen = world.run(&self.program, &Case::read(&Value::Object(case.clone()))?)?;
        Ok(with_expectation(case, &seen, &world.working()))
    }
}

/// Returns the case with the result. For a new case, also decides how it is compared.
fn with_expectation(case: &Object, seen: &Seen, working: &Path) -> Object {
    let plain = |text: &str| {
        text.replace(&format!("https://localhost:{}", seen.port), "{{endpoint}}")
            .replace(&format!("localhost:{}", seen.port), "{{hostport}}")
            .replace(&*working.to_string_lossy(), "{{cwd}}")
    };
    let requests: Vec<Value> = seen
        .requests
        .iter()
        .map(|request| json!({"method": request.method, "path": plain(&request.path), "body": plain(&request.body)}))
        .collect();
    let mut expect = Object::new();
    expect.insert("exit_code".into(), seen.exit_code.into());
    expect.insert("requests".into(), requests.into());
    expect.insert("stdout".into(), plain(&seen.stdout).into());
    expect.insert("stderr".into(), plain(&seen.stderr).into());
    // This member is written by hand: the text that our message must contain.
    if let Some(contains) = case.get("expect").and_then(|expect| expect.get("contains")) {
        expect.insert("contains".into(), contains.clone());
    }
    let mut new = case.clone();
    if !new.contains_key("match") {
        new.insert("match".into(), compared::matching(&expect).into());
    }
    new.insert("expect".into(), expect.into());
    new
}

/// Returns how many cases are unchanged, and the differences in the others.
fn report(before: &[Object], after: &[Object]) -> String {
    let (mut same, mut new, mut text) = (0, 0, String::new());
    for (before, after) in before.iter().zip(after) {
        let Some(expected) = before.get("expect") else {
            new += 1;
            continue;
        };
        let matching = after.get("match").and_then(Value::as_str).unwrap_or_default();
        let differences = compared::differences(expected, &after["expect"], matching);
        if differences.is_empty() {
            same += 1;
            continue;
        }
        text.push_str(&format!("\n{}: {}\n", before["id"].as_str().unwrap_or_default(), before["argv"]));
        for (name, before, after) in differences {
            text.push_str(&format!("  {name}\n    - {before:?}\n    + {after:?}\n"));
        }
    }
    let differing = before.len() - same - new;
    format!("{text}{same} cases are as they were, {differing} differ, {new} are new.\n")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::{Value, json};

    use super::{report, with_expectation};
    use crate::cases::run::Seen;

    fn seen(stdout: &str, exit_code: i32) -> Seen {
        let requests = Vec::new();
        Seen { exit_code, stdout: stdout.into(), stderr: String::new(), requests, port: 4321 }
    }

    fn object(value: &Value) -> super::Object {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn what_differs_from_machine_to_machine_becomes_a_placeholder() {
        let case = object(&json!({"id": "a"}));
        let new = with_expectation(&case, &seen("https://localhost:4321/ localhost:4321 /w/x", 0), Path::new("/w"));
        assert_eq!(new["expect"]["stdout"], "{{endpoint}}/ {{hostport}} {{cwd}}/x");
        assert_eq!(new["match"], "exact");
    }

    #[test]
    fn what_was_written_by_hand_stays() {
        let case = object(&json!({"id": "a", "match": "better", "expect": {"contains": ["b"]}}));
        let new = with_expectation(&case, &seen("", 1), Path::new("/w"));
        assert_eq!((&new["match"], &new["expect"]["contains"]), (&json!("better"), &json!(["b"])));
    }

    #[test]
    fn the_report_says_what_is_another_way_now() {
        let case = |stdout: &str| {
            let expect = json!({"exit_code": 0, "stdout": stdout, "stderr": "", "requests": []});
            object(&json!({"id": "a", "argv": ["b"], "match": "exact", "expect": expect}))
        };
        let text = report(&[case("1"), case("2"), object(&json!({"id": "c"}))], &[case("1"), case("3"), case("")]);
        assert_eq!(
            text,
            "\na: [\"b\"]\n  stdout\n    - \"2\"\n    + \"3\"\n1 cases are as they were, 1 differ, 1 are new.\n"
        );
    }
}
