"""A guarantee's line, what stands there instead, and the tests that must notice: a list for each subject."""

from . import batches, relays, services, shell
from .mutation import Mutation

MUTATIONS = [*batches.MUTATIONS, *relays.MUTATIONS, *shell.MUTATIONS, *services.MUTATIONS]

__all__ = ["MUTATIONS", "Mutation"]
