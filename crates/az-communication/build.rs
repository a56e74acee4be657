//! Compiles what must run before Rust's runtime, and tells the linker where to put the code that commands run:
//! `link/order.ld`, which bench/order.py writes.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=link/order.ld");
    println!("cargo::rerun-if-env-changed=AZ_LINK_MAP");
    let variable = |name: &str| env::var(name).unwrap_or_default();
    // Both need what only Unix has. The portable variant is without them on Unix, too (docs/decisions/other-systems.md).
    if env::var_os("CARGO_CFG_UNIX").is_some() && !cfg!(portable_system) {
        let mut files = vec!["src/closed_streams.c"];
        files.extend((variable("CARGO_CFG_TARGET_OS") == "linux").then_some("src/delegate/inherited.c"));
        for file in files {
            println!("cargo::rerun-if-changed={file}");
            // As an object, not as a library: nothing refers to it, and the linker would leave it out.
            for object in cc::Build::new().file(file).warnings(true).compile_intermediates() {
                println!("cargo::rustc-link-arg-bin=az={}", object.display());
            }
        }
    }
    let is_gnu_linux = variable("CARGO_CFG_TARGET_OS") == "linux" && variable("CARGO_CFG_TARGET_ENV") == "gnu";
    if is_gnu_linux {
        say_what_is_missing();
        // A static program has only what it refers to, and std refers to this weakly. Without it, std forks a whole test
        // program for each command that gets a working directory of its own.
        println!("cargo::rustc-link-arg-tests=-Wl,--undefined=posix_spawn_file_actions_addchdir_np");
    }
    // Only released programs are laid out: in others the code has other names.
    if !is_gnu_linux || variable("PROFILE") != "release" {
        return;
    }
    // bench/order.py asks where the linker puts everything by itself.
    match variable("AZ_LINK_MAP").as_str() {
        "" => println!("cargo::rustc-link-arg-bin=az=-Wl,-T,{}/link/order.ld", variable("CARGO_MANIFEST_DIR")),
        map => println!("cargo::rustc-link-arg-bin=az=-Wl,-Map={map}"),
    }
}

/// Cargo reads `.cargo/config.toml` of the folder where it is called, not of the package. Without it, everything works, but
/// slower.
fn say_what_is_missing() {
    let missing: Vec<&str> = [
        (
            "static linking (every start takes a quarter longer)",
            env::var("CARGO_CFG_TARGET_FEATURE")
                .is_ok_and(|features| features.split(',').any(|name| name == "crt-static")),
        ),
        (
            "AWS_LC_SYS_NO_JITTER_ENTROPY (the emulator starts 33 ms later)",
            env::var_os("AWS_LC_SYS_NO_JITTER_ENTROPY").is_some(),
        ),
        (
            "-DHAVE_FDATASYNC=1 in LIBSQLITE3_FLAGS (the emulator commits slower)",
            env::var("LIBSQLITE3_FLAGS").is_ok_and(|flags| flags.contains("HAVE_FDATASYNC")),
        ),
    ]
    .into_iter()
    .filter_map(|(what, is_set)| (!is_set).then_some(what))
    .collect();
    if missing.is_empty() {
        return;
    }
    let package = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    println!(
        "cargo::warning=.cargo/config.toml of the repository was not read, so that az lacks: {}. Call cargo inside the \
         repository: cd {package} && cargo install --locked --path .",
        missing.join("; ")
    );
}
