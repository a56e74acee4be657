//! The options of the emulator's commands, each with its variable. This is the only table for the command line, the
//! variables, the help pages and the table in the manual. Options that connections need too are declared in
//! `service/emulator_options.rs`.

use crate::commands::emulator::log::Format;
use crate::knack::argument::{Argument, Arity, Completion, Content, Variable};

pub(crate) use crate::service::emulator_options::{DATA_DIR, HOST, PORT};

pub(crate) const IN_MEMORY: Argument = Argument::new(&["--in-memory"], "Keep all data in memory; not with --data-dir.")
    .variable(Variable::Emulator)
    .arity(Arity::Flag)
    .extension();

pub(crate) const STORE: Argument = Argument::new(
    &["--store"],
    "URL of a PostgreSQL database for all data, which many emulators share as one service: \
     postgres://USER@HOST/DATABASE?sslmode=verify-full; not with --data-dir or --in-memory; @FILE reads it from a file.",
)
.variable(Variable::EmulatorSecret)
.extension();

pub(crate) const STORE_KEY_FILE: Argument = Argument::new(
    &["--store-key-file"],
    "File with the key that encrypts keys and certificates in the database of --store: 32 random bytes in base64 or in \
     hexadecimal digits; all emulators of a database need the same one.",
)
.variable(Variable::Emulator)
.completion(Completion::File)
.extension();

pub(crate) const STORE_PASSWORD_FILE: Argument = Argument::new(
    &["--store-password-file"],
    "File with the password of the user of --store; by default, it is in the URL, in PGPASSWORD, or in the file \
     ~/.pgpass or PGPASSFILE.",
)
.variable(Variable::Emulator)
.completion(Completion::File)
.extension();

/// The options of `run` have their own variables, because the other variables are for the emulator of `start`.
pub(crate) const RUN_HOST: Argument = HOST.variable(Variable::EmulatorRun);
pub(crate) const RUN_OPEN: Argument = OPEN.variable(Variable::EmulatorRun);
pub(crate) const RUN_PORT: Argument = PORT.variable(Variable::EmulatorRun).default("0");

pub(crate) const RUN_DATA_DIR: Argument = Argument::new(
    &["--data-dir"],
    "Folder that keeps the data, the keys and the certificates for the next run; without it, all data is in memory.",
)
.variable(Variable::EmulatorRun)
.completion(Completion::File)
.extension();

pub(crate) const RUN_STORE: Argument = STORE.variable(Variable::EmulatorRun);
pub(crate) const RUN_STORE_KEY_FILE: Argument = STORE_KEY_FILE.variable(Variable::EmulatorRun);
pub(crate) const RUN_STORE_PASSWORD_FILE: Argument = STORE_PASSWORD_FILE.variable(Variable::EmulatorRun);

pub(crate) const RUN_IN_MEMORY: Argument = Argument {
    help: "Keep all data in memory, as without --data-dir; not with --data-dir.",
    ..IN_MEMORY.variable(Variable::EmulatorRun)
};

pub(crate) const HOSTNAME: Argument = Argument::new(
    &["--hostname"],
    "Additional names and addresses under which clients reach the emulator, for its certificate; public names and \
     addresses are accepted only at the first start of a data folder or a database.",
)
.variable(Variable::Emulator)
.arity(Arity::Many)
.extension();

/// `emulator new-authority` describes these two in its own way.
pub(crate) const AUTHORITY_DATA_DIR: Argument = Argument { help: "Data folder of the emulator.", ..DATA_DIR };

pub(crate) const AUTHORITY_HOSTNAME: Argument = Argument {
    help: "Additional names and addresses for which the new authority may sign, public ones too.",
    ..HOSTNAME
};

pub(crate) const CERTIFICATE: Argument = Argument::new(
    &["--certificate"],
    "PEM file with your own certificate and the certificates of its issuers, used for clients that ask for its names, \
     and read again when it changes.",
)
.variable(Variable::Emulator)
.completion(Completion::File)
.extension();

pub(crate) const CERTIFICATE_KEY: Argument =
    Argument::new(&["--certificate-key"], "PEM file with the key of --certificate, without a password.")
        .variable(Variable::Emulator)
        .completion(Completion::File)
        .extension();

pub(crate) const ACCESS_KEY: Argument = Argument::new(
    &["--access-key"],
    "Access key in base64 instead of the well-known key, for the first start of a data folder or a database; @FILE \
     reads it from a file.",
)
.variable(Variable::EmulatorSecret)
.extension();

pub(crate) const CONTROL_SECRET: Argument = Argument::new(
    &["--control-secret"],
    "Secret that authenticates calls of the control API, in addition to the access keys; @FILE reads it from a file; by \
     default, it is the secret of --control-secret-file.",
)
.variable(Variable::Emulator)
.extension();

pub(crate) const CONTROL_SECRET_FILE: Argument = Argument::new(
    &["--control-secret-file"],
    "File with the secret that authenticates calls of the control API; if it does not exist, it is made with a new \
     secret; by default, it is control-secret in the data folder, and there is none in memory.",
)
.variable(Variable::Emulator)
.completion(Completion::File)
.extension();

pub(crate) const ENTRA_ISSUER: Argument = Argument::new(
    &["--entra-issuer"],
    "OpenID metadata URLs of additional issuers whose tokens are accepted for management; they are read once, at the \
     start.",
)
.variable(Variable::Emulator)
.arity(Arity::Many)
.extension();

pub(crate) const ENTRA_ADMIN: Argument = Argument::new(
    &["--entra-admin"],
    "Applications of --entra-issuer that may list and regenerate the access keys: CLIENT, or TENANT/CLIENT, which is \
     required for an issuer of all tenants; tokens of users are never accepted.",
)
.variable(Variable::Emulator)
.arity(Arity::Many)
.extension();

pub(crate) const ALLOW_ORIGIN: Argument = Argument::new(
    &["--allow-origin"],
    "Origins of web pages that may call the service from a browser, in addition to origins on this machine.",
)
.variable(Variable::Emulator)
.arity(Arity::Many)
.extension();

pub(crate) const TOKEN_ENDPOINT: Argument = Argument::new(
    &["--token-endpoint"],
    "Give tokens at /emulator/token to web pages in development, without a credential: to pages on this machine, and to \
     pages of --allow-origin.",
)
.variable(Variable::Emulator)
.arity(Arity::Flag)
.extension();

pub(crate) const PUBLIC_URL: Argument = Argument::new(
    &["--public-url"],
    "URL under which clients reach the emulator through a proxy, used in responses and in the ready line of `start`; \
     endpoints that give tokens without a credential are off, because a proxy makes every client look local.",
)
.variable(Variable::Emulator)
.extension();

pub(crate) const PLAIN_HTTP: Argument = Argument::new(
    &["--plain-http"],
    "Serve plain HTTP only, because a proxy ends TLS; as with --public-url, the endpoints that give tokens without a \
     credential are off.",
)
.variable(Variable::Emulator)
.arity(Arity::Flag)
.extension();

pub(crate) const LOG_REQUESTS: Argument = Argument::new(&["--log-requests"], "Log a line for each request.")
    .variable(Variable::Emulator)
    .arity(Arity::Flag)
    .extension();

pub(crate) const REVOCATION_DELAY: Argument =
    Argument::new(&["--revocation-delay"], "How long a revocation takes to come into force, up to 15m.")
        .variable(Variable::Emulator)
        .default("0s")
        .extension();

pub(crate) const CLOCK: Argument = Argument::new(
    &["--clock"],
    "Time that the clock of the service shows at the start, such as 2030-01-31T09:00:00Z; by default, it is the time \
     that the data folder or the database keeps, or the time of the machine.",
)
.variable(Variable::Emulator)
.extension();

pub(crate) const STRICT_API_VERSION: Argument =
    Argument::new(&["--strict-api-version"], "Refuse api-versions that are newer than all known versions.")
        .variable(Variable::Emulator)
        .arity(Arity::Flag)
        .extension();

pub(crate) const IMPORT: Argument = Argument::new(
    &["--import"],
    "File of an export to start with, for a data folder or a database without identities and assignments.",
)
.variable(Variable::Emulator)
.completion(Completion::File)
.extension();

pub(crate) const SEED: Argument = Argument::new(
    &["--seed"],
    "File in YAML or JSON with identities, assignments, access keys, the clock and faults to start with; what the data \
     folder has already is not changed.",
)
.variable(Variable::Emulator)
.completion(Completion::File)
.extension();

pub(crate) const EXPORT_ON_EXIT: Argument = Argument::new(
    &["--export-on-exit"],
    "File for everything that the emulator holds when it ends, except for certificates; only its owner can read it.",
)
.variable(Variable::Emulator)
.completion(Completion::File)
.extension();

pub(crate) const NO_REQUEST_LOG: Argument = Argument::new(
    &["--no-request-log"],
    "Do not keep the last requests in memory, which `emulator request list` shows.",
)
.variable(Variable::Emulator)
.arity(Arity::Flag)
.extension();

pub(crate) const THROTTLE: Argument =
    Argument::new(&["--throttle"], "Enforce the documented rate limits: 429 with the header Retry-After.")
        .variable(Variable::Emulator)
        .arity(Arity::Flag)
        .extension();

pub(crate) const READY_FILE: Argument = Argument::new(
    &["--ready-file"],
    "File for the ready line with the access key; only its owner can read it, and it exists as long as the emulator \
     serves.",
)
.variable(Variable::Emulator)
.completion(Completion::File)
.extension();

pub(crate) const PARENT_PID: Argument =
    Argument::new(&["--parent-pid"], "The emulator ends when the process with this id ends.")
        .variable(Variable::Emulator)
        .extension();

pub(crate) const UNTIL_STDIN_CLOSES: Argument = Argument::new(
    &["--until-stdin-closes"],
    "End when stdin is closed, that is, when the program at the other end of the pipe closes it or ends.",
)
.variable(Variable::Emulator)
.arity(Arity::Flag)
.extension();

pub(crate) const KEEP_CREDENTIALS: Argument = Argument::new(
    &["--keep-credentials"],
    "Leave AZURE_CLIENT_ID, IDENTITY_ENDPOINT and similar variables unchanged, so that the command gets Entra tokens \
     as it does without the emulator.",
)
.variable(Variable::Emulator)
.arity(Arity::Flag)
.extension();

pub(crate) const DETACH: Argument = Argument::new(
    &["--detach"],
    "Return when the emulator is ready; it serves in a process of its own, which continues when the shell ends.",
)
.variable(Variable::Emulator)
.arity(Arity::Flag)
.extension();

pub(crate) const OPEN: Argument =
    Argument::new(&["--open"], "Open the emulator's page in a browser when it is ready, as `emulator open` does.")
        .variable(Variable::Emulator)
        .arity(Arity::Flag)
        .extension();

pub(crate) const PID_FILE: Argument = Argument::new(
    &["--pid-file"],
    "File for the process id, which exists as long as the emulator serves; the default with --detach is next to the \
     data folder (.pid).",
)
.variable(Variable::Emulator)
.completion(Completion::File)
.extension();

pub(crate) const LOG_FILE: Argument = Argument::new(
    &["--log-file"],
    "File to which --detach appends the log; the default is next to the pid file (.log).",
)
.variable(Variable::Emulator)
.completion(Completion::File)
.extension();

pub(crate) const LOG_FORMAT: Argument =
    Argument::new(&["--log-format"], "Format of the log lines; json includes the fields of each event.")
        .choices(&Format::NAMES)
        .variable(Variable::Emulator)
        .default("text")
        .extension();

pub(crate) const ENDPOINT: Argument =
    Argument::new(&["--endpoint"], "Endpoint of the emulator, http or https.").variable(Variable::Emulator).extension();

pub(crate) const CONNECTION_STRING: Argument = Argument::new(
    &["--connection-string"],
    "Connection string of the emulator; its variable counts if no variable AZURE_COMMUNICATION_EMULATOR_* names one. \
     Environment variable: AZURE_COMMUNICATION_CONNECTION_STRING.",
)
.content(Content::ConnectionString)
.extension();

pub(crate) const STATUS_HOST: Argument =
    Argument { help: "Host name or address that the emulator was told to listen on.", ..HOST };

pub(crate) const STATUS_PORT: Argument =
    Argument { help: "Port that the emulator listens on; 0 reads it from the ready file.", ..PORT };

pub(crate) const STATUS_DATA_DIR: Argument =
    Argument { help: "Data folder of the emulator; its ready file is next to it.", ..DATA_DIR };

pub(crate) const STATUS_IN_MEMORY: Argument =
    Argument { help: "Ask the emulator that keeps all data in memory.", ..IN_MEMORY };

pub(crate) const STATUS_PID_FILE: Argument = Argument { help: "Pid file of the emulator.", ..PID_FILE };

pub(crate) const STATUS_READY_FILE: Argument =
    Argument { help: "Ready file of the emulator, which contains its port.", ..READY_FILE };

pub(crate) const STATUS_CONTROL_SECRET_FILE: Argument =
    Argument { help: "File with the control secret of the emulator.", ..CONTROL_SECRET_FILE };

pub(crate) const WAIT: Argument = Argument::new(&["--wait"], "How long to wait until the emulator is ready: 30s, 2m.")
    .variable(Variable::Emulator)
    .default("0s")
    .extension();
