"""Writes results into docs/performance.md, between their markers, and draws their charts."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import pygal
from harness import HERE, Benchmark, Cell, Chart, Report, Result, Table, median_of, read
from pygal.style import Style

PAGE: Final = HERE.parent / "docs" / "performance.md"
CHARTS: Final = PAGE.parent / "images"
_STYLE: Final = Style(
    background="#ffffff",
    plot_background="#ffffff",
    foreground="#1f2933",
    foreground_strong="#1f2933",
    foreground_subtle="#52606d",
    colors=("#0f766e",),
    font_family="system-ui, sans-serif",
    label_font_size=13,
    title_font_size=16,
    value_font_size=12,
    value_colors=("#ffffff",),
)


def markers(name: str) -> tuple[str, str]:
    """Return the lines between which a benchmark's section stands."""
    return f"<!-- {name}: made by `make bench` -->\n", f"<!-- end of {name} -->\n"


def with_section(page: str, name: str, text: str) -> str:
    """Return the page with a benchmark's section written anew; raises ValueError when it has no markers."""
    start, end = markers(name)
    if start not in page or end not in page:
        raise ValueError(f"{PAGE.name} must hold {start.strip()} and {end.strip()}")
    head, _, rest = page.partition(start)
    return f"{head}{start}\n{text}\n{end}{rest.partition(end)[2]}"


def section(report: Report, benchmark: Benchmark, result: Result) -> str:
    """Return what a result comes to as Markdown."""
    on = result["machine"]
    where = (
        f"{result['length'].capitalize()} form, {result['measured_on']}: {on['cores']} cores,"
        f" {on['memory_gb']:g} GB, Python {on['python']}; load before {on['load_before']:g},"
        f" {on['others_cpu_percent']} % of the CPU taken by others meanwhile; took {result['took_s']} s"
        f" ([JSON](../benchmarks/results/{benchmark.name}.json))."
    )
    promises = [
        (
            target.says,
            f"{'≤' if target.relation == '<=' else '≥'} {written(target.bound)}",
            result.get(target.figure),
            target.verdict(result),
        )
        for target in benchmark.targets
    ]
    blocks = [where]
    if promises:
        blocks.append(markdown(Table(("promise", "bound", "measured", ""), promises)))
    blocks += [markdown(table) for table in report.tables]
    if report.chart is not None:
        blocks.append(f"![{report.chart.title}](images/{chart_path(benchmark.name).name})")
    if report.notes:
        blocks.append("\n".join(f"- {note}" for note in report.notes))
    return "\n\n".join(blocks) + "\n"


def markdown(table: Table) -> str:
    """Return a table as Markdown."""
    lines = [table.head, ["---"] * len(table.head), *([written(cell) for cell in row] for row in table.rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def written(cell: Cell) -> str:
    """Return a cell as people read it: three or four digits, with the spread where there is one."""
    if isinstance(cell, Mapping):
        low, high = _number(cell["low"]), _number(cell["high"])
        middle = _number(cell["median"])
        return middle if low == high else f"{middle} ({low}–{high})"
    number = median_of(cell)
    return str(cell or "") if number is None else _number(number)


def _number(value: float) -> str:
    if abs(value) >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def chart_path(name: str) -> Path:
    """Return where a benchmark's chart lies."""
    return CHARTS / f"bench-{name}.svg"


def draw(name: str, chart: Chart) -> None:
    """Draw a chart of bars."""
    drawn: Any = pygal.HorizontalBar(
        style=_STYLE,
        title=chart.title,
        width=800,
        height=90 + 34 * len(chart.bars),
        show_legend=False,
        print_values=True,
        print_values_position="center",
        js=(),
        no_prefix=True,
        pretty_print=True,
        show_y_guides=True,
        value_formatter=_number,
    )
    bars = [*chart.bars.items()][::-1]
    drawn.x_labels = [name for name, _ in bars]
    drawn.add("", [value for _, value in bars])
    CHARTS.mkdir(exist_ok=True)
    chart_path(name).write_bytes(drawn.render())


def reported(benchmarks: Iterable[Benchmark]) -> Generator[tuple[Benchmark, Result, Report]]:
    """Yield what the page shows: benchmarks that have a report, and a result that this harness wrote."""
    for benchmark in benchmarks:
        result = read(benchmark.name)
        if benchmark.report is not None and result is not None and "length" in result:
            yield benchmark, result, benchmark.report(result)


def with_all(page: str, benchmarks: Iterable[Benchmark]) -> str:
    """Return the page with every section written anew from the result that lies there."""
    for benchmark, result, report in reported(benchmarks):
        page = with_section(page, benchmark.name, section(report, benchmark, result))
    return page


def put(benchmarks: Iterable[Benchmark]) -> None:
    """Write the page and draw the charts from the results that lie there."""
    every = tuple(benchmarks)
    PAGE.write_text(with_all(PAGE.read_text("utf-8"), every), encoding="utf-8")
    for benchmark, _, report in reported(every):
        if report.chart is not None:
            draw(benchmark.name, report.chart)
