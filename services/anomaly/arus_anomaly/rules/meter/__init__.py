"""The seven judgements of register reads (R-19 to R-27), decided on whole litres and days."""

from arus_anomaly.rules.meter.findings import REMARKS, TAGS, Finding, Judgement, Kind, Tag
from arus_anomaly.rules.meter.judging import RULE, judge, judge_on
from arus_anomaly.rules.meter.limits import DEFAULTS, Limits, LimitsOf, builtin

__all__ = [
    "DEFAULTS",
    "REMARKS",
    "RULE",
    "TAGS",
    "Finding",
    "Judgement",
    "Kind",
    "Limits",
    "LimitsOf",
    "Tag",
    "builtin",
    "judge",
    "judge_on",
]
