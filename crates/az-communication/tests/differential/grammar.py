"""Generates command lines, and the result of the parser of the real Azure CLI, one line of JSON for each case.

The commands are declared here with the arguments of the communication extension, which is not in a registry. All compared
results come from azure-cli-core: which words are refused, and the messages.

usage: grammar.py SEED COUNT FOLDER
"""

import contextlib
import io
import json
import logging
import os
import random
import sys

COUNT, FOLDER = int(sys.argv[2]), sys.argv[3]
rng = random.Random(int(sys.argv[1]))
os.environ.update(
    HOME=FOLDER,
    AZURE_CONFIG_DIR=FOLDER,
    AZURE_CORE_COLLECT_TELEMETRY="no",
    AZURE_CORE_SURVEY_MESSAGE="no",
    AZURE_EXTENSION_USE_DYNAMIC_INSTALL="no",
)

import azure.cli.core.commands.arm
from azure.cli.core import AzCli, AzCommandsLoader, MainCommandsLoader
from azure.cli.core._help import AzCliHelp
from azure.cli.core._output import AzOutputProducer
from azure.cli.core.azlogging import AzCliLogging
from azure.cli.core.commands import AzCliCommandInvoker, AzCommandGroup, CliCommandType, ExtensionCommandSource
from azure.cli.core.parser import AzCliCommandParser

# The golden cases were captured without them, too.
azure.cli.core.commands.arm.register_global_policy_argument = lambda cli: None

GROUPS = ["communication identity", "communication user-identity"]
# The function that runs each command, and its arguments.
COMMANDS = {
    "user create": ("create", []),
    "user delete": ("delete", ["--user", "8:acs:x"]),
    "token issue": ("issue", ["--scope", "chat"]),
    "token revoke": ("revoke", ["--user", "8:acs:x"]),
    "token get-for-teams-user": ("teams", ["--aad-token", "t", "--client", "c", "--aad-user", "u"]),
}


# Commands that come first in a complete installation. The functions do not take the connection string, because they are not
# run to their end.
FOREIGN = ["communication create", "communication identity show", "identity create"]


def issue(scopes, userid=None):
    return [scopes, userid]


def revoke(userid):
    return userid


def teams(aad_token, client_id, aad_user):
    return [aad_token, client_id, aad_user]


def create():
    return "created"


def delete(userid):
    return userid


class Group(AzCommandGroup):
    """Like the extension, registers the connection string with the command, before its function is loaded."""

    def connected_command(self, *arguments, **options):
        name = self.custom_command(*arguments, **options)
        self.command_loader.command_table[name].add_argument("connection_string", "--connection-string", required=False)


class Extension(AzCommandsLoader):
    def __init__(self, cli_ctx=None):
        super().__init__(cli_ctx=cli_ctx, command_group_cls=Group)

    def load_command_table(self, args):
        handlers = CliCommandType(operations_tmpl="__main__#{}")
        for name in FOREIGN:
            group, verb = name.rsplit(" ", 1)
            with self.command_group(group, handlers) as commands:
                commands.custom_command(verb, "create", custom_command_type=handlers)
        for group in GROUPS:
            for name, (handler, _) in COMMANDS.items():
                child, verb = name.split()
                with self.command_group(f"{group} {child}", handlers) as commands:
                    confirms = {"confirmation": True} if verb in ("revoke", "delete") else {}
                    commands.connected_command(verb, handler, custom_command_type=handlers, **confirms)
        for command in self.command_table.values():
            command.command_source = ExtensionCommandSource(extension_name="communication")
        return self.command_table

    def load_arguments(self, command):
        for group in GROUPS:
            with self.argument_context(f"{group} token issue") as context:
                context.argument("scopes", options_list=["--scope"], nargs="+")
                context.argument("userid", options_list=["--user"])
            for name in ["token revoke", "user delete"]:
                with self.argument_context(f"{group} {name}") as context:
                    context.argument("userid", options_list=["--user"])
            with self.argument_context(f"{group} token get-for-teams-user") as context:
                context.argument("client_id", options_list=["--client"])


class Commands(MainCommandsLoader):
    def load_command_table(self, args):
        loader = Extension(self.cli_ctx)
        self.command_table.update(loader.load_command_table(args))
        self.command_group_table.update(loader.command_group_table)
        self.cmd_to_loader_map = {name: [loader] for name in self.command_table}
        self.loaders.append(loader)
        return self.command_table


def reference(words):
    """Returns the exit code and stderr of the real parser, or None if something else fails."""
    for name in [None, *logging.root.manager.loggerDict]:
        logging.getLogger(name).handlers.clear()
    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        cli = AzCli(
            cli_name="az",
            config_dir=FOLDER,
            config_env_var_prefix="AZURE",
            commands_loader_cls=Commands,
            invocation_cls=AzCliCommandInvoker,
            parser_cls=AzCliCommandParser,
            logging_cls=AzCliLogging,
            output_cls=AzOutputProducer,
            help_cls=AzCliHelp,
        )
        try:
            code = cli.invoke(list(words), out_file=stdout)
        except SystemExit as end:
            code = end.code
        except Exception:  # A traceback of the reference cannot be compared.
            return None
    # Help starts with an empty line.
    return code, stdout.getvalue().startswith("\n"), stderr.getvalue()


OPTIONS = """--scope --user --connection-string --aad-token --client --aad-user --yes -y --output -o --query --verbose
    --only-show-errors --subscription --help -h""".split()
VALUES = ["chat", "8:acs:x", "json", "table", "bogus", "token", "", "-1", "--", "-x", "[]", "[0]", "a b", "-", "none", "é", "-- "]
WORDS = """--scop --s --u --c --o --q --y --ye -otable -o=table -yo -yotsv --scope=chat --user= --output=json --query=[ -hx -xh
    -ho -hojson -hyo -yh --ver --out=tsv --connection --aad --aad-u --aad-t --cl -q --no-wait -g --name --only --h --scope=
    --unknown=1 -1x --- -oo --yes=1 -y=1 -yy --subs --subscription=x --verb --q=[0] --a --co --cli --connection-string=x
    --output=--query --verbose=--query""".split()


def line():
    group, name = rng.choice(GROUPS), rng.choice(list(COMMANDS))
    head, tail = f"{group} {name}".split(), list(COMMANDS[name][1]) if rng.random() < 0.7 else []
    for _ in range(rng.choice([0, 0, 1, 1, 2, 3, 4])):
        kind, at = rng.random(), rng.randint(0, len(tail))
        option = [rng.choice(OPTIONS)] if kind < 0.5 else [rng.choice(WORDS)]
        tail[at:at] = option if rng.random() < 0.7 else [*option, rng.choice(VALUES)]
    if rng.random() < 0.15:
        at = rng.randrange(len(head))
        word = head[at]
        head[at : at + 1] = rng.choice([[word[:-1]], [word.upper()], [word + "s"], [], [word, rng.choice(VALUES)]])
    if rng.random() < 0.25:
        head.insert(rng.randrange(len(head)), rng.choice(WORDS + OPTIONS))
        if rng.random() < 0.3:
            head.insert(rng.randrange(len(head)), rng.choice(VALUES))
    return head + tail


left = COUNT
while left:
    words = line()
    # Other first words belong to another program.
    answer = reference(words) if words[0].lower() == "communication" or not words[0] or words[0][0] == "-" else None
    if answer:
        left -= 1
        code, helps, stderr = answer
        print(json.dumps({"words": words, "code": code, "helps": helps, "stderr": stderr}))
