"""docs/DATABASE_SCHEMA.md says what a migrated database is."""

import pytest
from arus_stack import house, schema_page
from arus_stack.testing import PostgresServer

pytestmark = pytest.mark.integration


def test_the_page_is_what_the_migrations_make(postgres: PostgresServer) -> None:
    url = postgres.create_database()
    try:
        page = schema_page.render(url, schema_page.migrated(url))
    finally:
        postgres.drop_database(url)
    committed = (house.root() / schema_page.PAGE).read_text("utf-8")
    assert committed == page, "run: uv run python -m arus_stack.schema_page"
