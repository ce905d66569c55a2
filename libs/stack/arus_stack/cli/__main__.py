"""`python -m arus_stack.cli` is the arus command."""

from arus_stack.cli import app

app(prog_name="arus")
