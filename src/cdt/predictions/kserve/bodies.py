"""The bodies of KServe's two protocols: v1 with `instances` and `predictions`, v2 with `inputs` and `outputs`."""

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import msgspec

MOST_INSTANCES = 10_000
"""Of one request: a served model is asked about a few."""
MOST_DIMENSIONS = 8
_BINARY = "binary_data_size"

Element: TypeAlias = Any
"""A JSON value: of an instance, what it is made of; of an answer, what was said of one instance."""


class NotUnderstood(Exception):
    """A body that can't be read as one of either protocol; the message says why."""


class ModelFailed(Exception):
    """The model answered an error."""


class Tensor(msgspec.Struct, frozen=True):
    """One input or output of the v2 protocol. data: flat, or nested as the shape says."""

    name: str
    shape: tuple[int, ...]
    datatype: str
    data: list[Any] | None = None
    parameters: dict[str, Any] | None = None

    def rows(self) -> list[Element]:
        """What it says of each instance: a value, or a list of them where there are several."""
        if self.data is None or _BINARY in (self.parameters or {}):
            raise NotUnderstood(f"the tensor {self.name[:100]!r} is binary; log the model's requests as JSON")
        if not 0 < len(self.shape) <= MOST_DIMENSIONS or min(self.shape) < 0:
            raise NotUnderstood(f"the tensor {self.name[:100]!r} has no shape of instances")
        values = _flat(self.data, self.shape)
        if values is None:
            raise NotUnderstood(f"the tensor {self.name[:100]!r} has not the values that its shape says")
        if self.datatype == "BOOL":
            values = [int(value) if type(value) is bool else value for value in values]
        count = self.shape[0]
        width = len(values) // count if count else 0
        if len(self.shape) == 1 or width == 1:
            return values
        return [values[start : start + width] for start in range(0, len(values), width)] if width else []


class _Failure(msgspec.Struct):
    error: msgspec.Raw


class _Request(msgspec.Struct):
    instances: list[Element] | None = None
    inputs: list[Tensor] | None = None


class _Answer(msgspec.Struct):
    predictions: list[Element] | None = None
    outputs: list[Tensor] | None = None


def instances_of(body: bytes, columns: Sequence[str]) -> list[Element]:
    """What was asked about each instance: an object of columns by name, or a list of values by position.

    columns: those that a tensor can be named by. Raises NotUnderstood.
    """
    request = _decoded(body, _Request, "request")
    if request.instances is not None:
        return _bounded(request.instances)
    if not request.inputs:
        raise NotUnderstood("the request has neither instances nor inputs")
    if len(request.inputs) == 1 and request.inputs[0].name not in columns:
        return _bounded(request.inputs[0].rows())
    return _beside_one_another(request.inputs)


def answers_of(body: bytes) -> list[Element] | dict[str, list[Element]]:
    """What was answered about each instance, or that of several outputs by their names.

    Raises ModelFailed, NotUnderstood.
    """
    answer = _decoded(body, _Answer, "answer")
    if answer.predictions is not None:
        return answer.predictions
    if answer.outputs:
        return {output.name: output.rows() for output in answer.outputs}
    try:
        _decoded(body, _Failure, "answer")
    except NotUnderstood:
        raise NotUnderstood("the answer has neither predictions nor outputs") from None
    raise ModelFailed


def _decoded(body: bytes, form: Any, name: str) -> Any:
    try:
        return msgspec.json.decode(body, type=form)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood(f"the {name} is no JSON of the v1 or v2 protocol: {error}") from error


def _bounded(instances: list[Element]) -> list[Element]:
    if len(instances) > MOST_INSTANCES:
        raise NotUnderstood(f"the request has more than {MOST_INSTANCES} instances")
    return instances


def _beside_one_another(tensors: Sequence[Tensor]) -> list[Element]:
    """An object for each instance, of one value of each tensor."""
    columns = {tensor.name: _bounded(tensor.rows()) for tensor in tensors}
    if len({len(values) for values in columns.values()}) != 1 or len(columns) != len(tensors):
        raise NotUnderstood("the inputs have not one value each for each instance")
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _flat(data: list[Any], shape: tuple[int, ...]) -> list[Any] | None:
    """The values in their order, sent flat or in lists as the shape says; None where they are others than it says."""
    if list not in set(map(type, data)):
        return data if math.prod(shape) == len(data) else None
    if len(shape) == 1 or len(data) != shape[0] or set(map(type, data)) != {list}:
        return None
    parts = [_flat(each, shape[1:]) for each in data]
    return None if None in parts else [value for part in parts if part is not None for value in part]
