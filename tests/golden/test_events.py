"""What was ever recorded can be read for ever."""

import msgspec
import pytest

from cdt.database.mapper import decode, encode
from cdt.domain.topics import TOPIC_OF, TOPICS
from tests.golden.samples import SAMPLES, Line, chained, lines, missing

LINES = lines()


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.topic}-{line.format}")
def test_every_event_version_ever_recorded_is_read_as_the_present_event(line: Line) -> None:
    envelope = decode(line.stream, line.version, line.topic, bytes(line.state))

    assert type(envelope.event) is TOPICS[line.topic]
    if line.format == TOPICS[line.topic].format:
        assert envelope.event == SAMPLES[line.topic]
        assert msgspec.json.decode(encode(envelope).state) == msgspec.json.decode(line.state)


def test_every_topic_has_a_sample_of_every_format() -> None:
    assert {(line.topic, line.format) for line in LINES} == {
        (topic, number) for topic, event in TOPICS.items() for number in range(1, event.format + 1)
    }
    assert list(missing()) == []


def test_a_sample_says_which_format_it_has() -> None:
    assert all(msgspec.json.decode(line.state).get("format", 1) == line.format for line in LINES)


def test_the_file_only_grows() -> None:
    chain = ""
    for line in LINES:
        chain = chained(chain, line)
        assert line.chain == chain, f"{line.topic} was changed; what is recorded stays, so append instead"


def test_a_topic_belongs_to_one_event_and_names_it() -> None:
    assert len(TOPIC_OF) == len(TOPICS)
    assert all(topic.partition(".")[2] == event.__name__ for topic, event in TOPICS.items())
    assert all(event.__module__.startswith(f"cdt.domain.{topic.partition('.')[0]}") for topic, event in TOPICS.items())
