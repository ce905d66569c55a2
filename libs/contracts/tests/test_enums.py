"""Values of enums are said without the name of their enum."""

import pytest
from arus.anomaly.v1.events_pb2 import CaseStatus, Severity
from arus.notify.v1.events_pb2 import WebhookChange
from arus_contracts.enums import UnknownValue, full_name, word


def test_a_value_is_said_without_the_name_of_its_enum() -> None:
    assert word(WebhookChange, WebhookChange.WEBHOOK_CHANGE_SECRET_ROTATED) == "secret_rotated"
    assert word(CaseStatus, CaseStatus.CASE_STATUS_IN_PROGRESS) == "in_progress"
    assert word(Severity, Severity.SEVERITY_CRITICAL) == "critical"
    assert full_name(Severity, Severity.SEVERITY_CRITICAL) == "SEVERITY_CRITICAL"


def test_a_value_that_this_release_does_not_have_is_named() -> None:
    for say in (word, full_name):
        with pytest.raises(UnknownValue, match="Severity has no value 77"):
            say(Severity, 77)
