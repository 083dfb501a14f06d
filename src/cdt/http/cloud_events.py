"""CloudEvents 1.0 over HTTP: in binary mode, with attributes as headers, or in structured mode, as one JSON object."""

from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

import msgspec
from msgspec import UNSET, UnsetType

from cdt.domain.errors import Invalid
from cdt.http.intake_heads import text

STRUCTURED = "application/cloudevents+json"


class CloudEvent(NamedTuple):
    """An event. content_type: of its data, as it was stated."""

    id: str
    type: str
    time: datetime | None
    content_type: str
    data: bytes


class _Structured(msgspec.Struct):
    id: str
    type: str
    specversion: str
    time: str | None = None
    datacontenttype: str = "application/json"
    data: msgspec.Raw | UnsetType = UNSET
    data_base64: str | None = None


def event_of(headers: Mapping[bytes, bytes], body: bytes) -> CloudEvent:
    """The event of a request; Invalid, under the attribute, where it is none."""
    content_type = text(headers, b"content-type") or ""
    if content_type.partition(";")[0].strip().lower() == STRUCTURED:
        return _structured(body)
    attributes = {name: text(headers, b"ce-" + name.encode()) for name in ("id", "type", "specversion", "time")}
    for name in ("id", "type", "specversion"):
        if not attributes[name]:
            raise Invalid(f"ce-{name}", "send a CloudEvent, with this header, or as application/cloudevents+json")
    _check_version(attributes["specversion"] or "")
    return CloudEvent(
        id=unquote(attributes["id"] or ""),
        type=unquote(attributes["type"] or ""),
        time=_time(attributes["time"]),
        content_type=content_type,
        data=body,
    )


def _structured(body: bytes) -> CloudEvent:
    try:
        event = msgspec.json.decode(body, type=_Structured)
        data = bytes(event.data or b"")
        if event.data_base64 is not None:
            data = b64decode(event.data_base64, validate=True)
        elif event.data is not UNSET and "json" not in event.datacontenttype:
            data = _text_of(data)
    except (ValueError, RecursionError) as error:
        raise Invalid("body", f"it is no CloudEvent that can be read: {error}") from error
    _check_version(event.specversion)
    return CloudEvent(event.id, event.type, _time(event.time), event.datacontenttype, data)


def _text_of(data: bytes) -> bytes:
    """Data that is not JSON stands in the event as a text, whatever that holds."""
    value: Any = msgspec.json.decode(data)
    return value.encode() if isinstance(value, str) else data


def _check_version(version: str) -> None:
    if version not in {"1.0", "0.3"}:
        raise Invalid("specversion", "send CloudEvents of version 1.0")


def _time(stated: str | None) -> datetime | None:
    if not stated:
        return None
    try:
        return msgspec.convert(unquote(stated), datetime, strict=False)
    except ValueError as error:
        raise Invalid("time", "write it as in 2026-03-01T12:00:00Z") from error
