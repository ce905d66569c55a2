"""What `arus demo` records, all of it through the public API, as any other client would.

run: a made-up organisation with planted causes. run_public: real public series, recorded as depots' use.
Both continue where an earlier run ended, so running twice doubles nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from arus_stack.demo import cases, organisation, public
from arus_stack.demo.organisation import DEPOTS, FUELS, Cause, Use
from arus_stack.demo.rest import Api, JsonObject, in_batches

BATCH_ITEMS: Final = 500
TRANSACTIONS: Final = "/fuel/transactions"

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a run recorded, and what there is to find in it."""

    locations: int
    products: int
    transactions: int
    deliveries: int
    already_there: int
    cases: int
    causes: tuple[Cause, ...]


def run(
    gateway_url: str,
    email: str,
    password: str,
    progress: Progress,
    *,
    last: date | None = None,
    seed: int = 1,
    authority: str | None = None,
) -> Report:
    """Fill the account's organisation with two years of five depots that end on the last date.

    authority: file of the CA to trust; None trusts the usual ones.
    last: yesterday in UTC when None, which has passed in every Indonesian time zone.
    """
    end = last or datetime.now(UTC).date() - timedelta(days=1)
    with Api(gateway_url, email, password, authority) as api:
        locations = _locations(api, progress)
        products = _products(api, progress)
        planted = _first_run(api, locations, products) or end
        said = list(organisation.uses(end, seed, planted=planted))
        new = _unrecorded(api, TRANSACTIONS, said, locations, products)
        _record(api, new, progress)
        _set_thresholds(api, locations)
        came = list(organisation.deliveries(end, seed))
        new_deliveries = _unrecorded(api, "/fuel/deliveries", came, locations, products)
        for done, delivery in enumerate(new_deliveries, 1):
            api.post("/fuel/deliveries", delivery)
            progress("deliveries", done, len(new_deliveries))
        causes = organisation.causes(planted)
        opened = cases.opened(api, causes, locations, products, datetime.now(UTC))
    return Report(
        locations=len(locations),
        products=len(products),
        transactions=len(new),
        deliveries=len(new_deliveries),
        already_there=len(said) - len(new),
        cases=opened,
        causes=causes,
    )


def run_public(
    gateway_url: str, email: str, password: str, progress: Progress, *, authority: str | None = None
) -> Report:
    """Record the public series of the data folder as the use of one depot each."""
    fuel = FUELS[0]
    with Api(gateway_url, email, password, authority) as api:
        series = public.series()
        locations = {
            one.code: api.ensure("/locations", _public_location(one), "external_code") for one in series
        }
        products = {fuel.code: _product(api, fuel)}
        said = [Use(day, one.code, fuel.code, volume_l) for one in series for day, volume_l in one.volumes_l]
        said.sort(key=lambda use: use.date)
        new = _unrecorded(api, TRANSACTIONS, said, locations, products)
        _record(api, new, progress)
    return Report(len(locations), len(products), len(new), 0, len(said) - len(new), 0, ())


def _locations(api: Api, progress: Progress) -> dict[str, str]:
    ids: dict[str, str] = {}
    for done, depot in enumerate(DEPOTS, 1):
        body = {
            "name": depot.name,
            "type": "depot",
            "timezone": depot.timezone,
            "external_code": depot.code,
            "address": depot.address,
            "coordinates": {"lat": depot.latitude, "lng": depot.longitude},
            "capacity": depot.capacity,
            "manager": depot.manager,
        }
        ids[depot.code] = api.ensure("/locations", body, "external_code")
        progress("locations", done, len(DEPOTS))
    return ids


def _products(api: Api, progress: Progress) -> dict[str, str]:
    ids: dict[str, str] = {}
    for done, fuel in enumerate(FUELS, 1):
        ids[fuel.code] = _product(api, fuel)
        progress("products", done, len(FUELS))
    return ids


def _first_run(api: Api, locations: Mapping[str, str], products: Mapping[str, str]) -> date | None:
    """Return the last date of the run that began the records, as a depot open every day tells."""
    which = {"location_id": locations[DEPOTS[0].code], "product_id": products[FUELS[0].code], "limit": "500"}
    page = api.get(TRANSACTIONS, **which)
    while page["next_cursor"]:
        page = api.get(TRANSACTIONS, **which, cursor=page["next_cursor"])
    if not page["items"]:
        return None
    return date.fromisoformat(page["items"][-1]["date"]) + timedelta(days=organisation.DAYS - 1)


def _set_thresholds(api: Api, locations: Mapping[str, str]) -> None:
    """Let an office-like depot be compared by weekday from now on, unless somebody has set something."""
    if not api.get("/thresholds", limit="1")["items"]:
        location_id = locations[organisation.BY_WEEKDAY]
        api.post("/thresholds", {"location_id": location_id, "thresholds": {"profile": "weekday"}})


def _product(api: Api, fuel: organisation.Fuel) -> str:
    return api.ensure(
        "/products", {"code": fuel.code, "name": fuel.name, "kind": "fuel", "unit": "L"}, "code"
    )


def _public_location(one: public.Series) -> dict[str, str]:
    return {"name": one.name, "type": "depot", "timezone": "Asia/Jakarta", "external_code": one.code}


def _unrecorded(
    api: Api, path: str, said: Sequence[Use], locations: Mapping[str, str], products: Mapping[str, str]
) -> list[JsonObject]:
    """Return the items after the newest date that each history already has."""
    newest: dict[tuple[str, str], str] = {}
    for location, product in {(use.depot, use.fuel) for use in said}:
        page = api.get(path, location_id=locations[location], product_id=products[product], limit="1")
        newest[location, product] = page["items"][0]["date"] if page["items"] else ""
    return [
        {
            "date": use.date.isoformat(),
            "location_id": locations[use.depot],
            "product_id": products[use.fuel],
            "volume_l": f"{use.volume_l:f}",
            "note": use.note,
        }
        for use in said
        if use.date.isoformat() > newest[use.depot, use.fuel]
    ]


def _record(api: Api, items: Sequence[JsonObject], progress: Progress) -> None:
    done = 0
    for batch in in_batches(items, BATCH_ITEMS):
        report = api.post(f"{TRANSACTIONS}/batch", {"items": batch})
        for item, result in zip(batch, report["results"], strict=True):
            if result["status"] == "refused":
                raise public.unexpected(item, result["errors"])
        done += len(batch)
        progress("transactions", done, len(items))
