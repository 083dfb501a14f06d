"""Events are documented, and the page about them is current."""

import inspect
from pathlib import Path

import pytest

from cdt.domain import describing
from cdt.domain.kernel import Event
from cdt.domain.topics import TOPICS

PAGE = Path(__file__).parents[2] / "docs" / "events.md"


def test_the_page_about_events_is_current() -> None:
    write_it = (
        "python -c 'from cdt.domain.describing import as_markdown; print(as_markdown(), end=\"\")' > docs/events.md"
    )

    assert PAGE.read_text(encoding="utf-8") == describing.as_markdown(), write_it


@pytest.mark.parametrize("event", TOPICS.values(), ids=TOPICS.keys())
def test_every_event_says_what_happened(event: type[Event]) -> None:
    assert event.__doc__
    assert inspect.getdoc(event) != inspect.getdoc(Event)


def test_every_event_of_the_domain_has_a_topic() -> None:
    domain = Path(inspect.getfile(Event)).parent
    declared = {each for each in Event.__subclasses__() if each.__module__.startswith("cdt.domain.")}

    assert declared == set(TOPICS.values())
    assert {path.parent.name for path in domain.glob("*/events.py")} | {"kernel"} == {
        topic.partition(".")[0] for topic in TOPICS
    }
