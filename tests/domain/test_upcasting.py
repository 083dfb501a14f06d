"""Older events are read as the present ones."""

import pytest

from cdt.domain import upcasting
from cdt.domain.topics import TOPICS
from cdt.domain.upcasting import UPCASTERS, upcast


def test_an_event_of_the_present_format_stays() -> None:
    assert upcast("a.B", {"x": 1}, stored=2, present=2) == {"x": 1}


def test_an_older_event_goes_through_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        upcasting,
        "UPCASTERS",
        {("a.B", 1): lambda event: {"y": event["x"]}, ("a.B", 2): lambda event: {**event, "z": 0}},
    )

    assert upcast("a.B", {"x": 1}, stored=1, present=3) == {"y": 1, "z": 0}


def test_every_step_belongs_to_a_topic_and_a_former_format() -> None:
    assert all(1 <= stored < TOPICS[topic].format for topic, stored in UPCASTERS)
