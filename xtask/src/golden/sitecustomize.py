# Python imports this at its start: the capture of golden cases names this folder in PYTHONPATH.
# Since 2.91, the Azure CLI has two arguments for all commands, about policies of resource management, which the commands here do
# not do. The golden cases are without them: a help page would have other columns.
try:
    from azure.cli.core.commands import arm

    arm.register_global_policy_argument = lambda cli_ctx: None
except ImportError:
    pass
