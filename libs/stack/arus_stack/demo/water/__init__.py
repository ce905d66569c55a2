"""A water utility's months as files: `arus demo water`."""

from arus_stack.demo.water.town import Kind, Planted, Town, town
from arus_stack.demo.water.writing import Written, write

__all__ = ["Kind", "Planted", "Town", "Written", "town", "write"]
