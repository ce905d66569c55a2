"""Whatever is posted, it is read or refused with a named field; nothing else is raised."""

import json
from typing import Any

from arus_ingest.batch import _read  # pyright: ignore[reportPrivateUsage] -- the whole way from an item to an entry
from arus_ingest.schemas.facts import FactPatch, NewFact
from arus_ingest.state import Entry
from arus_runtime.web import Problem
from arus_runtime.web.problems import told
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("date", "location_id", "product_id", "volume_l", "note", "extra")
GOLDEN = {"date": "2025-01-10", "location_id": "L", "product_id": "P", "volume_l": "520"}


def test_the_seeds_golden_transaction_is_read() -> None:
    entry = NewFact.model_validate(GOLDEN).entry()
    assert (entry.business_date.isoformat(), entry.volume_ul, entry.note) == ("2025-01-10", 520_000_000, None)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING) | ANYTHING)
def test_an_item_is_an_entry_or_a_problem_that_can_be_told(item: Any) -> None:
    read = _read(item)
    if isinstance(read, Problem):
        assert read.status == 422
        assert read.errors
        for language in ("id", "en"):
            json.dumps(told(read, language).model_dump(), ensure_ascii=True)
    else:
        assert isinstance(read, Entry)
        assert read.volume_ul > 0


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS[:5]), ANYTHING, min_size=1))
def test_a_patch_changes_only_what_it_names(patch: dict[str, Any]) -> None:
    said = NewFact.model_validate(GOLDEN | {"note": "genset"}).entry()
    try:
        changed = FactPatch.model_validate(patch).over(said)
    except ValidationError:
        return
    names = {"date": "business_date", "volume_l": "volume_ul"}
    for field in FIELDS[:5]:
        if field not in patch:
            name = names.get(field, field)
            assert getattr(changed, name) == getattr(said, name)


def test_a_note_can_be_emptied() -> None:
    said = NewFact.model_validate(GOLDEN | {"note": "genset"}).entry()
    assert FactPatch.model_validate({"note": None}).over(said).note is None
    assert FactPatch.model_validate({"note": "  "}).over(said).note is None
    assert FactPatch.model_validate({}).over(said).note == "genset"
