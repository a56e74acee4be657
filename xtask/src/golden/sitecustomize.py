# Python imports this at its start: the capture of golden cases names this folder in PYTHONPATH.
# Since 2.91, the Azure CLI has two arguments for all commands, about policies of resource management, which these commands do
# not use. The golden cases lack them, because they would change the columns of help pages.
try:
    from azure.cli.core.commands import arm

    arm.register_global_policy_argument = lambda cli_ctx: None
except ImportError:
    pass
