"""Bodies of any length, cut into pieces each of which is a body by itself: what decodes one decodes the other.

A piece has about `PIECE_BYTES`; no more than a few of them are in memory.
"""

from cdt.predictions.cutting.arrow_streams import pieces_of_arrow
from cdt.predictions.cutting.csv_files import pieces_of_csv
from cdt.predictions.cutting.json_arrays import pieces_of_json
from cdt.predictions.cutting.lines import pieces_of_ndjson
from cdt.predictions.cutting.reading import Cutter
from cdt.predictions.decoding import ARROW, CSV, JSON, NDJSON

CUTTERS: dict[str, Cutter] = {
    NDJSON: pieces_of_ndjson,
    JSON: pieces_of_json,
    CSV: pieces_of_csv,
    ARROW: pieces_of_arrow,
}
"""By content type."""

__all__ = ["CUTTERS", "Cutter"]
