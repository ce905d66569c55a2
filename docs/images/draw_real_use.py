"""Draw real-use.svg: public series as recorded through the API, with their baselines and verdicts.

On a running system:  uv run arus demo --real --json | uv run python docs/images/draw_real_use.py
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import httpx

WIDTH, PANEL_HEIGHT, LEFT, RIGHT, TOP = 960, 250, 64, 16, 74
PLOT_HEIGHT = 170
COLOURS = {"NORMAL": "#5b7083", "WASPADA": "#b45309", "ANOMALI": "#b91c1c"}
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2933; }
  .small { font-size: 11px; fill: #52606d; }
  .title { font-size: 15px; font-weight: 600; }
"""


@dataclass(frozen=True)
class Panel:
    """One place over some time."""

    place: str
    first: date
    last: date
    title: str


PANELS = (
    Panel(
        "Water DMA 7",
        date(2021, 1, 1),
        date(2021, 12, 31),
        "Water, district 7, daily: a burst-like weekend in March, a filled gap in August",
    ),
    Panel(
        "Water DMA 10",
        date(2022, 7, 1),
        date(2022, 12, 31),
        "Water, district 10, daily: one weekend in October stands out",
    ),
    Panel(
        "US gasoline",
        date(2000, 1, 1),
        date(2012, 12, 31),
        "US gasoline, weekly: thirteen years of seasons, and nothing to look at",
    ),
)


def verdicts(demo: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    """Return every current verdict of the demo's organisation, oldest first."""
    with httpx.Client(base_url=f"{demo['gateway']}/api/v1", timeout=60, trust_env=False) as http:
        login = {"email": demo["email"], "password": demo["password"]}
        token = http.post("/auth/login", json=login).raise_for_status().json()["access_token"]
        http.headers["authorization"] = f"Bearer {token}"
        found: list[dict[str, Any]] = []
        query: dict[str, Any] = {"limit": 500}
        while True:
            page = http.get("/anomalies", params=query).raise_for_status().json()
            found += page["items"]
            if page["next_cursor"] is None:
                return found[::-1]
            query["cursor"] = page["next_cursor"]


def drawn(panel: Panel, items: Sequence[dict[str, Any]], top: int) -> Iterator[str]:
    """Yield one panel as SVG: use, baseline, the two bounds, and what was noticed."""
    days = [date.fromisoformat(item["date"]).toordinal() for item in items]
    volumes = [float(item["volume"]) for item in items]
    judged = [
        (day, float(item["baseline"])) for day, item in zip(days, items, strict=True) if item["risk_score"]
    ]
    highest = max(*volumes, *(1.5 * baseline for _, baseline in judged)) * 1.04
    lowest = min(volumes) * 0.8
    step = 500 if highest < 5000 else 2000
    first, last = panel.first.toordinal(), panel.last.toordinal()

    def x(day: float) -> float:
        return LEFT + (day - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(litres: float) -> float:
        return top + PLOT_HEIGHT * (highest - litres) / (highest - lowest)

    def line(points: Sequence[tuple[int, float]], colour: str, more: str = "") -> str:
        path = " ".join(f"{x(day):.1f},{y(litres):.1f}" for day, litres in points)
        return f'<polyline points="{path}" fill="none" stroke="{colour}" {more}/>'

    yield f'<text class="title" x="{LEFT}" y="{top - 12}">{escape(panel.title)}</text>'
    for litres in range((int(lowest) // step + 1) * step, int(highest) + 1, step):
        at = f"{y(litres):.1f}"
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}" stroke="#e4e7eb"/>'
        yield f'<text class="small" x="{LEFT - 6}" y="{at}" dy="4" text-anchor="end">{litres:,} L</text>'
    for day in ticks(panel):
        label = day.strftime("%Y" if panel.last.year - panel.first.year > 2 else "%b %Y")
        yield f'<text class="small" x="{x(day.toordinal()):.1f}" y="{top + PLOT_HEIGHT + 16}">{label}</text>'
    yield line([(day, 1.5 * usual) for day, usual in judged], COLOURS["ANOMALI"], 'stroke-dasharray="2 4"')
    yield line([(day, 1.2 * usual) for day, usual in judged], COLOURS["WASPADA"], 'stroke-dasharray="2 4"')
    yield line(list(zip(days, volumes, strict=True)), "#6b8ba4")
    yield line(judged, "#1f2933", 'stroke-width="1.5"')
    for day, volume, item in zip(days, volumes, items, strict=True):
        if item["status"] != "NORMAL":
            colour = COLOURS[item["status"]]
            told = escape(f"{item['date']}: {item['reason']['text']}")
            dot = f'<circle cx="{x(day):.1f}" cy="{y(volume):.1f}" r="4" fill="{colour}">'
            yield f"{dot}<title>{told}</title></circle>"
    highest_item = max(items, key=lambda item: float(item["risk_score"] or 0))
    if highest_item["status"] != "NORMAL":
        when, litres = date.fromisoformat(highest_item["date"]), float(highest_item["volume"])
        label = f"{when:%d %b}: {float(highest_item['risk_score']):.1f} %, {highest_item['status']}"
        yield f'<text x="{x(when.toordinal()) + 8:.1f}" y="{y(litres) + 2:.1f}">{label}</text>'


def ticks(panel: Panel) -> Iterator[date]:
    """Yield the first days of the months or years that are labelled."""
    long = panel.last.year - panel.first.year > 2
    for year in range(panel.first.year, panel.last.year + 1):
        for month in (1,) if long else range(1, 13, 2):
            if panel.first <= (day := date(year, month, 1)) <= panel.last:
                yield day


def legend() -> Iterator[str]:
    """Yield what the lines and dots mean."""
    entries = (
        ('<line x1="0" x2="22" y1="-4" y2="-4" stroke="#6b8ba4"/>', "use"),
        (
            '<line x1="0" x2="22" y1="-4" y2="-4" stroke="#1f2933" stroke-width="1.5"/>',
            "baseline: mean of 30 earlier",
        ),
        (
            '<line x1="0" x2="22" y1="-4" y2="-4" stroke="#b45309" stroke-dasharray="2 4"/>',
            "120 % of it",
        ),
        (
            '<line x1="0" x2="22" y1="-4" y2="-4" stroke="#b91c1c" stroke-dasharray="2 4"/>',
            "150 % of it",
        ),
        ('<circle cx="16" cy="-4" r="4" fill="#b45309"/>', "WASPADA"),
        ('<circle cx="16" cy="-4" r="4" fill="#b91c1c"/>', "ANOMALI"),
    )
    at = LEFT
    for mark, words in entries:
        yield f'<g transform="translate({at} 26)">{mark}<text class="small" x="28">{words}</text></g>'
        at += 56 + 7 * len(words)


def main() -> None:
    """Read where the demo is from stdin, and draw."""
    items = verdicts(json.load(sys.stdin))
    height = TOP + PANEL_HEIGHT * len(PANELS) - 30
    parts = [*legend()]
    for number, panel in enumerate(PANELS):
        here = [
            item
            for item in items
            if item["location"]["name"] == panel.place
            and panel.first <= date.fromisoformat(item["date"]) <= panel.last
        ]
        parts += drawn(panel, here, TOP + number * PANEL_HEIGHT)
    body = "\n".join(parts)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">\n'
        "<title>Public series with their baselines and verdicts</title>\n"
        f'<style>{STYLE}</style>\n<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )
    Path(__file__).with_name("real-use.svg").write_text(svg, "utf-8")


if __name__ == "__main__":
    main()
