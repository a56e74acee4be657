//! Programs called `az` that call each other: wrappers, shims, copies and links.

use std::os::unix::fs::symlink;

use super::Programs;

/// How a call ends in an arrangement.
#[derive(Debug, PartialEq)]
pub enum End {
    /// The real `az` answers.
    Answered,
    /// The error `… calls this az again`, with exit code 1.
    Again,
    /// The error about a missing `az`, with exit code 2.
    NoOther,
}

pub struct Arrangement {
    pub name: &'static str,
    pub make: fn(&Programs),
    pub path: &'static [&'static str],
    /// The folder whose `az` is called. `None` means the first `az` on PATH.
    pub called: Option<&'static str>,
    pub end: End,
}

/// Is replaced by the first `az` on PATH.
pub const EXEC: &str = "#!/bin/sh\nexec az \"$@\"\n";
/// Is replaced by this program, called by its path.
pub const BY_PATH: &str = "#!/bin/sh\nexec OURS \"$@\"\n";
/// Calls the next `az` on a PATH without its own folder, as the shims of version managers do.
const STRIPS_ITSELF: &str =
    "#!/bin/sh\nown=$(dirname \"$0\")\nPATH=$(printf %s \"$PATH\" | sed \"s#$own:##\")\nexport PATH\nexec az \"$@\"\n";

pub const ARRANGEMENTS: &[Arrangement] = &[
    Arrangement {
        name: "a wrapper after it on PATH that calls az",
        make: |p| p.script("w", EXEC),
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that calls it by its path",
        make: |p| p.script("w", BY_PATH),
        path: &["w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that calls it by its path, with the real az after it",
        make: |p| {
            p.script("w", BY_PATH);
            p.real("real");
        },
        path: &["w", "real"],
        called: None,
        end: End::Answered,
    },
    Arrangement {
        name: "a wrapper that finds it in a folder nearby and waits, with the real az after it",
        make: |p| {
            p.script("w", "#!/bin/sh\n\"${0%/*}/../ours/az\" \"$@\"\n");
            p.real("real");
        },
        path: &["w", "real"],
        called: None,
        end: End::Answered,
    },
    Arrangement {
        name: "a wrapper that calls it by another file name",
        make: |p| {
            std::fs::rename(p.az("ours"), p.folder("ours").join("az-program")).unwrap();
            p.script("w", "#!/bin/sh\nexec \"$(dirname \"$0\")/../ours/az-program\" --as-az \"$@\"\n");
            p.real("real");
        },
        path: &["w", "real"],
        called: None,
        end: End::Answered,
    },
    Arrangement {
        name: "two wrappers that call it by its path",
        make: |p| {
            p.script("w", BY_PATH);
            p.script("x", BY_PATH);
        },
        path: &["w", "x"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper around a wrapper",
        make: |p| {
            p.script("w", BY_PATH);
            let inner = p.az("w");
            p.script("x", format!("#!/bin/sh\nexec {} \"$@\"\n", inner.display()));
        },
        path: &["x", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that waits for az",
        make: |p| p.script("w", "#!/bin/sh\naz \"$@\"\n"),
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that waits for it by its path",
        make: |p| p.script("w", "#!/bin/sh\nOURS \"$@\"\n"),
        path: &["w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper without #!",
        make: |p| p.script("w", "exec az \"$@\"\n"),
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper through env",
        make: |p| p.script("w", "#!/usr/bin/env sh\nexec /usr/bin/env az \"$@\"\n"),
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a copy in a folder that stands twice",
        make: |p| p.copy("copy"),
        path: &["ours", "copy", "ours", "copy"],
        called: None,
        end: End::NoOther,
    },
    Arrangement {
        name: "another version",
        make: |p| p.other_version("other"),
        path: &["ours", "other", "ours"],
        called: None,
        end: End::NoOther,
    },
    Arrangement {
        name: "another version, called by its path, with the real az before it",
        make: |p| {
            p.other_version("other");
            p.real("real");
        },
        path: &["real", "ours", "other"],
        called: Some("other"),
        end: End::Answered,
    },
    Arrangement {
        name: "a copy, with the real az after it",
        make: |p| {
            p.copy("copy");
            p.real("real");
        },
        path: &["ours", "copy", "real"],
        called: None,
        end: End::Answered,
    },
    Arrangement {
        name: "a hard link",
        make: |p| p.hard_link("link"),
        path: &["ours", "link"],
        called: None,
        end: End::NoOther,
    },
    Arrangement {
        name: "symbolic links in both directions",
        make: |p| {
            p.symlink("first", "ours");
            p.symlink("second", "first");
        },
        path: &["second", "ours", "first"],
        called: None,
        end: End::NoOther,
    },
    Arrangement {
        name: "a folder that is a symbolic link",
        make: |p| symlink(p.folder("ours"), p.home.path().join("folder")).unwrap(),
        path: &["folder", "ours"],
        called: None,
        end: End::NoOther,
    },
    Arrangement {
        name: "./az, found through an empty element of PATH",
        make: |p| p.symlink(".", "ours"),
        path: &["=", "ours", "="],
        called: None,
        end: End::NoOther,
    },
    Arrangement {
        name: "relative elements of PATH",
        make: |p| p.real("real"),
        path: &["=ours", "=./ours", "=.", "=real"],
        called: None,
        end: End::Answered,
    },
    Arrangement {
        name: "a wrapper in the current folder",
        make: |p| p.script(".", EXEC),
        path: &["ours", "=."],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a shim that takes itself off PATH, with the real az after it",
        make: |p| {
            p.script("shim", STRIPS_ITSELF);
            p.real("real");
        },
        path: &["ours", "shim", "real"],
        called: None,
        end: End::Answered,
    },
    Arrangement {
        name: "a shim that takes itself off PATH, without a real az",
        make: |p| p.script("shim", STRIPS_ITSELF),
        path: &["ours", "shim"],
        called: None,
        end: End::NoOther,
    },
    Arrangement {
        name: "the real az before it",
        make: |p| p.real("real"),
        path: &["real", "ours"],
        called: Some("ours"),
        end: End::Answered,
    },
    Arrangement {
        name: "not on PATH itself",
        make: |p| p.real("real"),
        path: &["real"],
        called: Some("ours"),
        end: End::Answered,
    },
];

/// Wrappers that clear the environment, which contains the mark. The open file with the mark stays.
#[cfg(target_os = "linux")]
pub const CLEARED: &[Arrangement] = &[
    Arrangement {
        name: "a wrapper that clears the environment and waits for it by its path",
        make: |p| p.script("w", "#!/bin/sh\nenv -i PATH=\"$PATH\" OURS \"$@\"\n"),
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that clears the environment, two shells away",
        make: |p| {
            p.script("w", "#!/bin/sh\nenv -i PATH=\"$PATH\" sh -c 'sh -c \"az $*; exit \\$?\"; exit $?' az \"$@\"\n");
        },
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that takes the mark alone out of the environment",
        make: |p| p.script("w", "#!/bin/sh\nunset AZ_COMMUNICATION_HANDED_OVER\naz \"$@\"\n"),
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that clears the environment and replaces itself",
        make: |p| p.script("w", "#!/bin/sh\nexec env -i PATH=\"$PATH\" OURS \"$@\"\n"),
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that clears the environment and asks in a shell of its own",
        make: |p| p.script("w", "#!/bin/sh\nx=$(env -i PATH=\"$PATH\" az \"$@\"; exit $?)\n"),
        path: &["ours", "w"],
        called: None,
        end: End::Again,
    },
    Arrangement {
        name: "a wrapper that clears the environment, with the real az after it",
        make: |p| {
            p.script("w", "#!/bin/sh\nenv -i PATH=\"$PATH\" OURS \"$@\"\n");
            p.real("real");
        },
        path: &["w", "real"],
        called: None,
        end: End::Answered,
    },
];
