"""The catalogue of topics and the services' code say the same: who writes what, and who reads it."""

import ast
from functools import cache
from pathlib import Path

import pytest
from arus_runtime.catalogue import topics

ROOT = Path(__file__).resolve().parents[1]
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/pyproject.toml"))


@cache
def words(service: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names a service's code uses, and the text constants outside its docstrings."""
    names: set[str] = set()
    texts: set[str] = set()
    for path in (ROOT / f"services/{service}/arus_{service}").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Name):
                names.add(node.id)
            elif isinstance(node, ast.Attribute):
                names.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
    return frozenset(names), frozenset(texts)


@pytest.mark.parametrize("topic", topics())
def test_the_owner_makes_every_message_of_its_topic(topic: str) -> None:
    names, _ = words(topics()[topic].owner)
    assert {message.rpartition(".")[2] for message in topics()[topic].messages} <= names


@pytest.mark.parametrize("topic", topics())
def test_who_names_a_topic_is_a_reader_or_its_owner_and_every_reader_names_it(topic: str) -> None:
    readers = set(topics()[topic].consumers)
    naming = {service for service in SERVICES if topic in words(service)[1]}
    assert readers <= naming <= readers | {topics()[topic].owner}
