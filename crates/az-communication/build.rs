//! Compiles the C files that must run before Rust's runtime. Tells the linker in which order to place the functions
//! that commands run: `link/order.ld`, which bench/order.py writes.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=link/order.ld");
    println!("cargo::rerun-if-env-changed=AZ_LINK_MAP");
    let variable = |name: &str| env::var(name).unwrap_or_default();
    // Both files use functions that only Unix has. The portable variant leaves them out on Unix, too
    // (docs/decisions/other-systems.md).
    if env::var_os("CARGO_CFG_UNIX").is_some() && !cfg!(portable_system) {
        let mut files = vec!["src/closed_streams.c"];
        files.extend((variable("CARGO_CFG_TARGET_OS") == "linux").then_some("src/delegate/inherited.c"));
        for file in files {
            println!("cargo::rerun-if-changed={file}");
            // The files are linked as objects, not as a library. No code refers to them, so the linker would leave a
            // library out.
            for object in cc::Build::new().file(file).warnings(true).compile_intermediates() {
                println!("cargo::rustc-link-arg-bin=az={}", object.display());
            }
        }
    }
    let is_gnu_linux = variable("CARGO_CFG_TARGET_OS") == "linux" && variable("CARGO_CFG_TARGET_ENV") == "gnu";
    if is_gnu_linux {
        warn_about_missing_settings();
        // A static program contains only the functions that it refers to, and std refers to this function weakly.
        // Without it, std forks a whole test program for each command that gets its own working directory.
        println!("cargo::rustc-link-arg-tests=-Wl,--undefined=posix_spawn_file_actions_addchdir_np");
    }
    // Only release builds have an order. In other builds, the functions have other names.
    if !is_gnu_linux || variable("PROFILE") != "release" {
        return;
    }
    // bench/order.py asks for the map of the linker's own order.
    match variable("AZ_LINK_MAP").as_str() {
        "" => println!("cargo::rustc-link-arg-bin=az=-Wl,-T,{}/link/order.ld", variable("CARGO_MANIFEST_DIR")),
        map => println!("cargo::rustc-link-arg-bin=az=-Wl,-Map={map}"),
    }
}

/// Warns when settings of `.cargo/config.toml` are missing. Cargo reads that file from the folder where cargo is
/// called, not from the package. Without it, the program works, but it is slower.
fn warn_about_missing_settings() {
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
        "cargo::warning=.cargo/config.toml of the repository was not read, so az lacks: {}. Run cargo inside the \
         repository: cd {package} && cargo install --locked --path .",
        missing.join("; ")
    );
}
