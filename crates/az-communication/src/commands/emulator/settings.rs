//! The options of the emulator's commands, each with its variable. This is the only table for the command line, the
//! variables, the help pages and the table in the manual.

use crate::commands::emulator::log::Format;
use crate::knack::argument::{Argument, Arity, Completion, Variable};
use crate::system::platform::Platform;

pub(crate) const HOST: Argument =
    Argument::new(&["--host"], "Host name or address to listen on instead of both 127.0.0.1 and ::1.")
        .variable(Variable::Emulator)
        .extension();

pub(crate) const PORT: Argument = Argument::new(&["--port"], "Port to listen on; 0 for any free one.")
    .variable(Variable::Emulator)
    .default("10100")
    .extension();

pub(crate) const DATA_DIR: Argument =
    Argument::new(&["--data-dir"], "Folder for the data, the keys and the certificates; not with --in-memory.")
        .variable(Variable::Emulator)
        .default(Platform::HERE.data_folder())
        .completion(Completion::File)
        .extension();

pub(crate) const IN_MEMORY: Argument =
    Argument::new(&["--in-memory"], "Keep everything in memory; not with --data-dir.")
        .variable(Variable::Emulator)
        .arity(Arity::Flag)
        .extension();

/// The options of `run` have their own variables, because the other variables are for the emulator of `start`.
pub(crate) const RUN_HOST: Argument = HOST.variable(Variable::EmulatorRun);

pub(crate) const RUN_PORT: Argument = PORT.variable(Variable::EmulatorRun).default("0");

pub(crate) const RUN_DATA_DIR: Argument = Argument::new(
    &["--data-dir"],
    "Folder that keeps the data, the keys and the certificates for the next run; without it, everything is in memory.",
)
.variable(Variable::EmulatorRun)
.completion(Completion::File)
.extension();

pub(crate) const HOSTNAME: Argument = Argument::new(
    &["--hostname"],
    "Further names and addresses under which clients reach the emulator, for its certificate; those that are not local or \
     private at the first start of a data folder only.",
)
.variable(Variable::Emulator)
.arity(Arity::Many)
.extension();

pub(crate) const CERTIFICATE: Argument = Argument::new(
    &["--certificate"],
    "File with a certificate of your own and those of its issuers (PEM), for clients that ask for its names, read again when \
     it changes.",
)
.variable(Variable::Emulator)
.completion(Completion::File)
.extension();

pub(crate) const CERTIFICATE_KEY: Argument =
    Argument::new(&["--certificate-key"], "File with the key of --certificate (PEM), without a password.")
        .variable(Variable::Emulator)
        .completion(Completion::File)
        .extension();

pub(crate) const ACCESS_KEY: Argument = Argument::new(
    &["--access-key"],
    "Access key in base64 instead of the well-known one, for the first start of a data folder; @FILE reads it from a file.",
)
.variable(Variable::EmulatorSecret)
.extension();

pub(crate) const CONTROL_SECRET: Argument = Argument::new(
    &["--control-secret"],
    "Secret that opens the control endpoints in the header x-emulator-control, beside the access keys; @FILE reads it from a \
     file.",
)
.variable(Variable::EmulatorSecret)
.extension();

pub(crate) const ENTRA_ISSUER: Argument = Argument::new(
    &["--entra-issuer"],
    "OpenID metadata URLs of issuers whose tokens are accepted for management beside the emulator's own; read once, at the start.",
)
.variable(Variable::Emulator)
.arity(Arity::Many)
.extension();

pub(crate) const ENTRA_ADMIN: Argument = Argument::new(
    &["--entra-admin"],
    "Applications of --entra-issuer that may list and regenerate the access keys: CLIENT, or TENANT/CLIENT, which an issuer \
     of all tenants needs; tokens of users never do.",
)
.variable(Variable::Emulator)
.arity(Arity::Many)
.extension();

pub(crate) const ALLOW_ORIGIN: Argument = Argument::new(
    &["--allow-origin"],
    "Origins of web pages that may call the service from a browser, beside those on this machine.",
)
.variable(Variable::Emulator)
.arity(Arity::Many)
.extension();

pub(crate) const PUBLIC_URL: Argument = Argument::new(
    &["--public-url"],
    "URL under which clients reach the emulator through a proxy, for the URLs that it tells them.",
)
.variable(Variable::Emulator)
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

pub(crate) const STRICT_API_VERSION: Argument =
    Argument::new(&["--strict-api-version"], "Refuse api-versions that are newer than all known ones.")
        .variable(Variable::Emulator)
        .arity(Arity::Flag)
        .extension();

pub(crate) const THROTTLE: Argument =
    Argument::new(&["--throttle"], "Enforce the rate limits of the documentation: 429 with the header Retry-After.")
        .variable(Variable::Emulator)
        .arity(Arity::Flag)
        .extension();

pub(crate) const READY_FILE: Argument = Argument::new(
    &["--ready-file"],
    "File for the ready line with the access key, which only its owner can read, and which is there as long as the emulator \
     serves.",
)
.variable(Variable::Emulator)
.completion(Completion::File)
.extension();

pub(crate) const PARENT_PID: Argument = Argument::new(&["--parent-pid"], "Process with whose end the emulator ends.")
    .variable(Variable::Emulator)
    .extension();

pub(crate) const UNTIL_STDIN_CLOSES: Argument = Argument::new(
    &["--until-stdin-closes"],
    "End when stdin is closed: when the program that holds the other end of the pipe closes it or ends.",
)
.variable(Variable::Emulator)
.arity(Arity::Flag)
.extension();

pub(crate) const KEEP_CREDENTIALS: Argument = Argument::new(
    &["--keep-credentials"],
    "Leave AZURE_CLIENT_ID, IDENTITY_ENDPOINT and the like as they are, so that the command gets tokens of Entra as without \
     the emulator.",
)
.variable(Variable::Emulator)
.arity(Arity::Flag)
.extension();

pub(crate) const DETACH: Argument = Argument::new(
    &["--detach"],
    "Return once the emulator is ready, and let it serve in a process of its own, which goes on when the shell ends.",
)
.variable(Variable::Emulator)
.arity(Arity::Flag)
.extension();

pub(crate) const PID_FILE: Argument = Argument::new(
    &["--pid-file"],
    "File for the number of the process, which is there as long as the emulator serves; with --detach, by default beside the \
     data folder (.pid).",
)
.variable(Variable::Emulator)
.completion(Completion::File)
.extension();

pub(crate) const LOG_FILE: Argument =
    Argument::new(&["--log-file"], "File that the log of --detach is added to, by default beside the pid file (.log).")
        .variable(Variable::Emulator)
        .completion(Completion::File)
        .extension();

pub(crate) const LOG_FORMAT: Argument =
    Argument::new(&["--log-format"], "Form of the lines of the log; json has the fields of each event.")
        .choices(&Format::NAMES)
        .variable(Variable::Emulator)
        .default("text")
        .extension();

pub(crate) const ENDPOINT: Argument =
    Argument::new(&["--endpoint"], "Endpoint of the emulator, http or https.").variable(Variable::Emulator).extension();

pub(crate) const CONNECTION_STRING: Argument = Argument::new(
    &["--connection-string"],
    "Connection string of the emulator. Environment variable: AZURE_COMMUNICATION_CONNECTION_STRING.",
)
.extension();

pub(crate) const STATUS_HOST: Argument =
    Argument { help: "Host name or address that the emulator was told to listen on.", ..HOST };

pub(crate) const STATUS_PORT: Argument =
    Argument { help: "Port that the emulator listens on; 0 where its ready file says it.", ..PORT };

pub(crate) const STATUS_DATA_DIR: Argument =
    Argument { help: "Data folder of the emulator, beside which its ready file is.", ..DATA_DIR };

pub(crate) const STATUS_IN_MEMORY: Argument =
    Argument { help: "Ask for the emulator that keeps everything in memory.", ..IN_MEMORY };

pub(crate) const STATUS_PID_FILE: Argument = Argument { help: "Pid file of the emulator.", ..PID_FILE };

pub(crate) const STATUS_READY_FILE: Argument =
    Argument { help: "Ready file of the emulator, which says its port.", ..READY_FILE };

pub(crate) const WAIT: Argument = Argument::new(&["--wait"], "How long to wait until the emulator is ready: 30s, 2m.")
    .variable(Variable::Emulator)
    .default("0s")
    .extension();
