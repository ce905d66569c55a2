"""The worlds and the house that the suite runs in."""

from collections.abc import AsyncGenerator

import pytest
from arus_runtime import ddl
from arus_runtime.log import AiokafkaLog
from arus_runtime.log.confluent import ConfluentLog

from .worlds import House, MemoryWorld, World, real_world

TABLES = (
    ddl.append_table(
        "totals",
        "tenant_id text not null, fact_id text not null, place bigint not null, sum_ul bigint not null",
        entity=("tenant_id", "fact_id"),
    )
    + ddl.version_table("bounds", "tenant_id text not null, bound bigint not null")
    + ddl.version_table("extras", "tenant_id text not null, bound bigint not null")
    + """
create table latest (tenant_id text not null, fact_id text not null, volume_ul bigint, primary key
(tenant_id, fact_id));
"""
)


CLIENTS = {"real": AiokafkaLog, "confluent": ConfluentLog}


@pytest.fixture(params=["memory", *(pytest.param(name, marks=pytest.mark.integration) for name in CLIENTS)])
async def world(request: pytest.FixtureRequest) -> AsyncGenerator[World]:
    if request.param == "memory":
        yield MemoryWorld()
        return
    kafka, postgres = request.getfixturevalue("kafka"), request.getfixturevalue("postgres")
    url = postgres.create_database()
    try:
        async with real_world(CLIENTS[request.param], kafka, url, TABLES) as world:
            yield world
    finally:
        postgres.drop_database(url)


@pytest.fixture
async def house(world: World) -> AsyncGenerator[House]:
    house = House(world)
    yield house
    await house.close()
