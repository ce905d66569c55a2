"""A list of locations as a bare FastAPI endpoint answers it: python gateway_peer.py PORT."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import uvicorn
from arus_inventory import store
from arus_inventory.schemas import LocationRecord
from fastapi import FastAPI
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel

POOL = AsyncConnectionPool[AsyncConnection[DictRow]](
    os.environ["ARUS_BENCH_DB"],
    kwargs={"row_factory": dict_row, "options": "-c search_path=inventory"},
    min_size=8,
    max_size=8,
    open=False,
)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    async with POOL:
        yield


class Locations(BaseModel):
    items: list[LocationRecord]


app = FastAPI(lifespan=lifespan)


@app.get("/api/v1/locations")
async def list_locations(limit: int = 20) -> Locations:
    asked = store.Asked(None, None, None, None, None)
    async with POOL.connection() as connection:
        rows = await store.by_name(connection, store.LOCATIONS, asked, None, limit)
    return Locations(items=[LocationRecord.of(row) for row in rows])


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", log_level="error")
