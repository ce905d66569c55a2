"""The workers and the relay of a service as parts of its process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from arus_runtime.bell import Bell
from arus_runtime.context import Service
from arus_runtime.engine import Engine
from arus_runtime.lanes import PostgresLanes
from arus_runtime.log import AiokafkaLog, Log, Security
from arus_runtime.relay import Relay
from arus_runtime.settings import Settings
from arus_runtime.store import PostgresStore

Part = Callable[[asyncio.Event], Awaitable[None]]
"""Something that runs until the event is set."""


@dataclass(frozen=True, slots=True)
class Heart:
    """What beats in a service. engines: by worker; relay: None where the role or the need is absent.

    wake: to be called after each commit of the api role, so that its events leave at once; without it they
    leave within a quarter of a second.
    """

    engines: Mapping[str, Engine]
    relay: Relay | None
    bell: Bell

    def wake(self) -> None:
        """Let the service's relay look at once, wherever it runs."""
        if self.relay is not None:
            self.relay.wake()
        else:
            self.bell.ring()

    @property
    def parts(self) -> Mapping[str, Part]:
        """Return what to run, by name."""
        parts: dict[str, Part] = {f"worker {name}": engine.run for name, engine in self.engines.items()}
        if self.relay is not None:
            parts["relay"] = self.relay.run
        parts["bell"] = self.bell.run
        return parts


def heart_of(service: Service, settings: Settings, log: Log | None = None) -> Heart:
    """Return the workers and the relay that settings.roles ask for."""
    log = log or AiokafkaLog(security_of(settings), instance=settings.instance)
    url = settings.db_worker_url.get_secret_value()
    bell = Bell(url, service.name)
    relay = None
    if "relay" in settings.roles and (service.workers or service.outbox):
        lanes = PostgresLanes(url, service.name, service.workers)
        relay = Relay(service.name, lanes, log.producer(), elsewhere=bell.ring)
    engines: dict[str, Engine] = {}
    heart = Heart(engines, relay, bell)
    if "worker" in settings.roles:
        for worker in service.workers:
            store = PostgresStore(url, service.name, worker)
            engines[worker.name] = Engine(service.name, worker, log, store, committed=heart.wake)
    return heart


def security_of(settings: Settings) -> Security:
    """Return how the settings reach Kafka."""
    return Security(
        settings.kafka_bootstrap,
        settings.kafka_user,
        settings.kafka_password.get_secret_value(),
        settings.kafka_ca,
        settings.kafka_password_file,
    )
