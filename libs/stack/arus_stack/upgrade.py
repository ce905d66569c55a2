"""Run one service's migrations: `python -m arus_stack.upgrade FOLDER`, in a process of its own
because a migration reads its settings from the environment."""

import sys

from alembic import command
from alembic.config import Config


def main() -> None:
    """Upgrade to the newest migration."""
    config = Config()
    config.set_main_option("script_location", sys.argv[1].replace("%", "%%"))
    command.upgrade(config, "head")


if __name__ == "__main__":
    main()
