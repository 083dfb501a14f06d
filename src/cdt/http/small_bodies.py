"""Small bodies of predictions that are there whole: taken without a task of their own, answered when they are durable.

A framework's request and answer, the task and what is awaited in it take more than half of a row's time. Nothing is
awaited here: whatever is not in memory, not plainly good or not of the usual form goes the long way by http/intake.py,
as if nothing had been tried, and is refused and logged there.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, TypeAlias
from uuid import UUID

from starlette.types import ASGIApp, Receive, Scope, Send
from uuid_utils import uuid7

from cdt.access.rates.buckets import Bucket
from cdt.domain.errors import DomainError, NotFound
from cdt.http.bodies import UNCOUNTED_BYTES
from cdt.http.intake import PREFIX, IntakeRoutes
from cdt.http.intake_answers import REFUSED, refusal_of
from cdt.http.intake_entry import Admitted
from cdt.http.intake_heads import version_id_of
from cdt.http.proxies import NAMES
from cdt.http.requests import HEADERS_OF_DATA, RequestLog
from cdt.predictions import receipts
from cdt.predictions.decoding import JSON, NDJSON, PREDICTION_DECODERS
from cdt.predictions.intake import Intake
from cdt.predictions.receipts import Receipt
from cdt.predictions.rejections import Rejections

DECODERS = {form.encode(): PREDICTION_DECODERS[form] for form in (NDJSON, JSON)}
UNUSUAL = frozenset(
    {b"content-encoding", b"expect", b"idempotency-key", b"origin", b"transfer-encoding", b"upgrade"}
).union(*NAMES.values())
"""Headers that ask for something else than to take rows in."""
LONGEST_LENGTH = len(str(UNCOUNTED_BYTES))


class Answer(NamedTuple):
    """Of status 200: its own headers as lines, and its body."""

    headers: bytes
    body: bytes


Tell: TypeAlias = Callable[[Answer | ASGIApp], None]
"""Takes an answer, or the application that gives one."""


class SmallBodies:
    """Takes them."""

    def __init__(
        self,
        routes: IntakeRoutes,
        intake: Callable[[], Intake],
        now: Callable[[], datetime],
        *,
        hsts_seconds: int = 0,
    ) -> None:
        """`routes` are the long way; `intake` is there once the process has started."""
        self._routes = routes
        self._intake = intake
        self._now = now
        self._hsts_seconds = hsts_seconds
        self.under_way = 0
        """How many wait for their answer."""

    def concerns(self, url: bytes, headers: Mapping[bytes, bytes]) -> bool:
        """Whether a POST may be one, by its head."""
        length = headers.get(b"content-length", b"")
        return (
            headers.get(b"content-type") in DECODERS
            and len(length) <= LONGEST_LENGTH
            and length.isdigit()
            and int(length) <= UNCOUNTED_BYTES
            and UNUSUAL.isdisjoint(headers)
            and version_in(url) is not None
        )

    def begin(self, url: bytes, headers: Mapping[bytes, bytes], body: bytes, address: str, tell: Tell) -> bool:
        """Begin to take one in that `concerns` answered for; whether that could be done. `tell` is called later on."""
        version_id, authorization = version_in(url), headers.get(b"authorization", b"").decode("latin-1")
        admitted = None if version_id is None else self._routes.entry.admit_known(authorization, address, version_id)
        if admitted is None:
            return False
        rejections = Rejections()
        try:
            decode = DECODERS[headers[b"content-type"]]
            batch = decode(body, admitted.version.signature, now=self._now(), rejections=rejections)
        except DomainError:
            return False

        def settle(outcome: Receipt | Exception) -> None:
            self.under_way -= 1
            tell(self._answer(outcome, admitted, counts) if isinstance(outcome, Receipt) else self._refusal(outcome))

        if rejections.count or not self._intake().begin_predictions(
            admitted.version, batch, rejections=rejections, tell=settle
        ):
            return False
        counts = self._routes.entry.count(admitted)
        self.under_way += 1
        return True

    def _answer(self, receipt: Receipt, admitted: Admitted, counts: tuple[Bucket, ...]) -> Answer:
        self._routes.entry.charge(admitted, receipt.row_count)
        body = receipts.encode(receipt)
        left = b"".join([b"%b: %b\r\n" % each for each in self._routes.rate_headers(counts)])
        return Answer(
            b"content-type: application/json\r\ncontent-length: %d\r\n%bx-content-type-options: nosniff\r\n"
            b"x-request-id: %b\r\n" % (len(body), left, str(uuid7()).encode()),
            body,
        )

    def _refusal(self, error: Exception) -> ASGIApp:
        """What the long way would answer."""
        return RequestLog(_Failed(error), headers=HEADERS_OF_DATA, hsts_seconds=self._hsts_seconds)


class _Failed:
    """Answers that rows were not taken in."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not isinstance(self._error, REFUSED):
            raise self._error
        await refusal_of(self._error)(scope, receive, send)


@lru_cache(maxsize=10_000)
def version_in(url: bytes) -> UUID | None:
    """The version whose predictions are sent to an address that is written in the plainest way."""
    prefix, version, kind = url[: len(_PREFIX)], *url[len(_PREFIX) :].partition(b"/")[::2]
    if prefix != _PREFIX or kind != b"predictions" or b"%" in version or not version.isascii():
        return None
    try:
        return version_id_of(version.decode())
    except NotFound:
        return None


_PREFIX = PREFIX.encode()
