"""Which prediction each label is of, where both are rows."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cdt.predictions.arrow import Texts, compute, pa
from cdt.predictions.columns import Predictions

Places: TypeAlias = NDArray[np.intp]


class Matching:
    """Finds the labelled rows among predictions, by id and time; of both together there is one prediction.

    Of a part of the predictions only the labels of its span of time are looked at. So rows that lie about in the order
    of time cost as much a row however many there are.
    """

    def __init__(self, ids: Texts, predicted_at: NDArray[np.int64]) -> None:
        self._ids = ids
        self._order = np.argsort(predicted_at, kind="stable")
        self._times = predicted_at[self._order]

    def places(self, predictions: Predictions) -> tuple[Places, Places]:
        """Where the labelled ones stand among the predictions, ascending, and where among the labels."""
        none = np.empty(0, dtype=np.intp)
        if not len(predictions):
            return none, none
        times = np.unique(predictions.predicted_at)
        time_of_row = np.searchsorted(times, predictions.predicted_at)
        first = np.searchsorted(self._times, times[:1])[0]
        end = np.searchsorted(self._times, times[-1:], side="right")[0]
        there, wanted = self._order[first:end], self._times[first:end]
        time_of_label = np.searchsorted(times, wanted)
        is_there = times[time_of_label] == wanted
        there, time_of_label = there[is_there], time_of_label[is_there]
        if not len(there):
            return none, none
        encoded = predictions.ids.dictionary_encode()
        found = compute.fill_null(compute.index_in(self._ids.take(pa.array(there)), value_set=encoded.dictionary), -1)
        id_of_label: NDArray[np.int64] = found.to_numpy(zero_copy_only=False).astype(np.int64)
        id_of_row: NDArray[np.int64] = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        keys = id_of_row * len(times) + time_of_row
        order = np.argsort(keys, kind="stable")
        sought = id_of_label * len(times) + time_of_label  # below 0 where no row has the id
        place = np.minimum(np.searchsorted(keys[order], sought), len(keys) - 1)
        here = order[place]
        is_match = keys[here] == sought
        ascending = np.argsort(here[is_match], kind="stable")
        return here[is_match][ascending], there[is_match][ascending]
