"""How commands reach the servers of this environment's stack."""

from functools import cache

from arus_stack.errors import NotRunning
from arus_stack.home import Home
from arus_stack.kafka.admin import KafkaAccess
from arus_stack.settings import StackSettings
from arus_stack.system import System


def system() -> System:
    """Return the system of this environment, as it was started last."""
    settings = StackSettings()
    return System.as_it_is(settings, Home(settings.home))


@cache
def administrator() -> KafkaAccess:
    """Return the administrator's access to Kafka; raises NotRunning when it does not answer."""
    access = system().kafka_access
    if not access.answers():
        raise NotRunning(f"Kafka does not answer at {access.bootstrap}", "`arus up` starts it.")
    return access
