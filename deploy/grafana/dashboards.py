"""The dashboards, as code: `make dashboards` writes dashboards/*.json, with --check it only compares.

A panel that is empty while all is well says nothing; so each asks something that always has an answer, zero
at least. `calm` are panels whose value stays the same as long as nothing fails; only where not even a line is
there by then, they end in `or vector(0)`.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grafana_foundation_sdk.builders import common, dashboard, prometheus, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    LegendDisplayMode,
    LegendPlacement,
    SortOrder,
    TooltipDisplayMode,
)
from grafana_foundation_sdk.models.dashboard import DataSourceRef, GridPos

FOLDER = Path(__file__).parent / "dashboards"
SOURCE = DataSourceRef(type_val="prometheus", uid="prometheus")
COLUMNS, WIDTH, HEIGHT = 3, 8, 8
NO_STREAM = '{kind!="stream"}'
"""A stream lasts as long as who listens likes."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One question and how its answer is drawn.

    unit: as Grafana names it; legend: what tells lines apart.
    """

    title: str
    unit: str
    expression: str
    legend: str
    about: str = ""
    calm: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard."""

    uid: str
    title: str
    panels: Sequence[Panel]


def _quantile(metric: str, quantile: float, by: str, where: str = "") -> str:
    return f"histogram_quantile({quantile}, sum by ({by}, le) (rate({metric}_bucket{where}[5m])))"


OVERVIEW = Board(
    "arus-overview",
    "Arus: overview",
    (
        Panel("Services that answer", "short", 'sum by (service) (up{job="arus"})', "{{service}}", calm=True),
        Panel("Requests", "reqps", "service:arus_requests:rate5m", "{{service}}"),
        Panel("Failed requests", "percentunit", "service:arus_requests_failed:ratio5m", "{{service}}",
              calm=True),
        Panel("Events taken", "ops", "worker:arus_events:rate5m", "{{service}}/{{worker}}"),
        Panel(
            "Recorded to judged, p95",
            "s",
            "worker:arus_event_lag_seconds:p95_5m",
            "{{service}}/{{worker}}",
            "From the time an event was recorded to the commit of what followed.",
        ),
        Panel(
            "Incidents that nobody has answered",
            "short",
            'sum by (severity) (max by (severity) (arus_incidents{answer="none"})) or vector(0)',
            "{{severity}}",
        ),
        Panel("Memory", "bytes", 'sum by (service) (process_resident_memory_bytes{job="arus"})',
              "{{service}}"),
        Panel("CPU", "percentunit", 'sum by (service) (rate(process_cpu_seconds_total{job="arus"}[5m]))',
              "{{service}}", "Share of one core."),
        Panel(
            "Alerts that speak",
            "short",
            'sum by (alertname) (ALERTS{alertstate="firing"}) or vector(0)',
            "{{alertname}}",
            calm=True,
        ),
    ),
)  # fmt: skip
SERVICES = Board(
    "arus-services",
    "Arus: requests by service",
    (
        Panel("Rate", "reqps", "service:arus_requests:rate5m", "{{service}}"),
        Panel("Errors", "percentunit", "service:arus_requests_failed:ratio5m", "{{service}}", calm=True),
        Panel("Duration, p99", "s", "service:arus_request_seconds:p99_5m", "{{service}}"),
        Panel("Duration, median", "s", _quantile("arus_request_seconds", 0.5, "service", NO_STREAM),
              "{{service}}"),
        Panel(
            "The ten busiest operations",
            "reqps",
            "topk(10, sum by (service, operation) (rate(arus_request_seconds_count[5m])))",
            "{{service}} {{operation}}",
        ),
        Panel(
            "The ten slowest operations, p99",
            "s",
            f"topk(10, {_quantile('arus_request_seconds', 0.99, 'service, operation', NO_STREAM)} > 0)",
            "{{service}} {{operation}}",
        ),
        Panel(
            "Answers by status",
            "reqps",
            "sum by (status) (rate(arus_request_seconds_count[5m]))",
            "{{status}}",
        ),
        Panel("gRPC calls", "reqps", 'sum by (service) (rate(arus_request_seconds_count{kind!="http"}[5m]))',
              "{{service}}"),
        Panel("Being answered now", "short", "sum by (service, kind) (arus_requests_open)",
              "{{service}} {{kind}}", calm=True),
    ),
)  # fmt: skip
LOG = Board(
    "arus-log",
    "Arus: the log and its readers",
    (
        Panel("Events taken, by outcome", "ops",
              "sum by (service, worker, outcome) (rate(arus_events_total[5m]))",
              "{{service}}/{{worker}} {{outcome}}"),
        Panel(
            "Records behind",
            "short",
            "worker:arus_behind_records:sum",
            "{{service}}/{{worker}} {{topic}}",
            "Between what a worker has committed and the end of its partitions.",
            calm=True,
        ),
        Panel("Recorded to committed, median", "s",
              _quantile("arus_event_lag_seconds", 0.5, "service, worker"), "{{service}}/{{worker}}"),
        Panel("One batch, p99", "s", _quantile("arus_batch_seconds", 0.99, "service, worker"),
              "{{service}}/{{worker}}"),
        Panel("Events published", "ops", "sum by (relay) (rate(arus_events_published_total[5m]))",
              "{{relay}}"),
        Panel(
            "Age of the oldest unpublished event",
            "s",
            "max by (relay) (arus_outbox_age_seconds)",
            "{{relay}}",
            "Zero while relays keep up.",
            calm=True,
        ),
        Panel(
            "Partitions that are not read",
            "short",
            "sum by (service, worker) (arus_partitions_stopped)"
            " + sum by (service, worker) (arus_partitions_held_up)",
            "{{service}}/{{worker}}",
            "Stopped, or not taken: locked by somebody else, or the database or Kafka is away.",
            calm=True,
        ),
        Panel("Parked records", "short", "max by (topic) (arus_dlq_depth)", "{{topic}}", calm=True),
        Panel(
            "Jobs that wait", "short", "max by (service, kind) (arus_jobs_waiting)", "{{service}} {{kind}}",
            calm=True,
        ),
    ),
)  # fmt: skip
BUSINESS = Board(
    "arus-business",
    "Arus: what people do with it",
    (
        Panel(
            "Facts and changes recorded",
            "ops",
            'sum by (relay) (rate(arus_events_published_total{relay=~"ingest|inventory|metering"}[5m]))',
            "{{relay}}",
            "Events of the doors, by whichever way in: a batch counts each of its facts.",
        ),
        Panel("Facts judged", "ops",
              'sum(rate(arus_events_total{service="anomaly",worker="fuel",outcome="taken"}[5m]))', "facts"),
        Panel("Incidents, by severity and answer", "short",
              "sum by (severity, answer) (max by (severity, answer) (arus_incidents)) or vector(0)",
              "{{severity}} {{answer}}"),
        Panel("Cases not done, by status and priority", "short",
              'sum by (status, priority) (max by (status, priority) (arus_cases{status!~"resolved|closed"}))'
              " or vector(0)",
              "{{status}} {{priority}}"),
        Panel("Cases overdue", "short", "max(arus_cases_overdue)", "overdue", calm=True),
        Panel("Sign-ins and registrations", "short",
              'sum by (operation, status) (increase(arus_request_seconds_count{service="gateway",'
              'operation=~"login|register|open_session"}[1h]))',
              "{{operation}} {{status}}"),
        Panel("Messages that ended, by channel", "short",
              "sum by (channel, outcome) (increase(arus_deliveries_total[1h]))",
              "{{channel}} {{outcome}}"),
        Panel("Attempts at a delivery that failed", "short",
              "topk(10, sum by (channel, reason) (increase(arus_delivery_attempts_failed_total[1h])))",
              "{{channel}} {{reason}}", calm=True),
        Panel("Age of the oldest message that waits", "s",
              "max(arus_delivery_oldest_waiting_seconds)", "oldest", calm=True),
        Panel("Reports made", "short", "sum by (outcome) (increase(arus_reports_total[1h]))", "{{outcome}}"),
        Panel("Imports, by what they came to", "short",
              "sum by (state) (increase(arus_imports_total[1h]))", "{{state}}"),
        Panel("Imported rows recorded, by outcome", "short",
              "sum by (outcome) (rate(arus_import_rows_total[5m]))", "{{outcome}}"),
        Panel("Files that were kept long enough", "bytes",
              "sum by (of) (increase(arus_files_swept_bytes_total[1d]))", "{{of}}", calm=True),
        Panel("Age of the oldest file that never came whole", "s",
              "max(arus_upload_oldest_unfinished_seconds)", "oldest",
              "Swept after ARUS_IMPORT_UPLOAD_DAYS; looked at once an hour.", calm=True),
        Panel("Lists given out as files", "short",
              "sum by (format) (increase(arus_exports_total[1h]))", "{{format}}"),
    ),
)  # fmt: skip
BOARDS = (OVERVIEW, SERVICES, LOG, BUSINESS)


def rendered(board: Board) -> str:
    """Return a dashboard as Grafana reads it."""
    built = (
        dashboard.Dashboard(board.title)
        .uid(board.uid)
        .tags(["arus"])
        .readonly()
        .refresh("10s")
        .time("now-1h", "now")
        .timezone("browser")
    )
    for number, panel in enumerate(board.panels):
        place = _place(number)
        built = built.with_panel(
            timeseries.Panel()
            .id(number + 1)
            .title(panel.title)
            .description(panel.about)
            .datasource(SOURCE)
            .unit(panel.unit)
            .min(0)
            .legend(
                common.VizLegendOptions()
                .display_mode(LegendDisplayMode.LIST)
                .placement(LegendPlacement.BOTTOM)
            )
            .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI).sort(SortOrder.DESCENDING))
            .grid_pos(place)
            .with_target(
                prometheus.Dataquery()
                .ref_id("A")
                .datasource(SOURCE)
                .expr(panel.expression)
                .legend_format(panel.legend)
                .range()
            )
        )
    return JSONEncoder(sort_keys=True, indent=2).encode(built.build()) + "\n"


def _place(number: int) -> GridPos:
    return GridPos(h=HEIGHT, w=WIDTH, x=number % COLUMNS * WIDTH, y=number // COLUMNS * HEIGHT)


def files() -> dict[Path, str]:
    """Return the text of every dashboard by its file."""
    return {FOLDER / f"{board.uid.removeprefix('arus-')}.json": rendered(board) for board in BOARDS}


def main() -> int:
    """Write what is out of date, or with --check only say so."""
    parser = argparse.ArgumentParser(description="Write the Grafana dashboards.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when one is out of date")
    checks = parser.parse_args().check
    wanted = files()
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    stale += [path for path in FOLDER.glob("*.json") if path not in wanted]
    if checks and stale:
        sys.stderr.write(f"out of date: {', '.join(path.name for path in stale)}; run: make dashboards\n")
        return 1
    for path in stale:
        if path in wanted:
            path.write_text(wanted[path], "utf-8")
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
