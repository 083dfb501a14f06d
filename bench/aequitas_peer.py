"""Measures fairness with aequitas, again and again: run by a Python that has it, driven by the lines that it reads."""

import contextlib
import io
import sys
import time
import warnings

import numpy as np
import pandas

with contextlib.redirect_stdout(io.StringIO()):
    from aequitas.bias import Bias
    from aequitas.group import Group


def main() -> None:
    """Read a file of columns; for each line, measure every attribute once (it knows no intersections)."""
    warnings.filterwarnings("ignore")
    stored = np.load(sys.argv[1])
    names = [name for name in stored.files if name not in {"label", "decision"}]
    frame = pandas.DataFrame({name: stored[name] for name in names})
    frame["score"], frame["label_value"] = stored["decision"].astype(int), stored["label"].astype(int)
    references = {name: str(stored[name][0]) for name in names}
    print("ready", flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            groups, _ = Group().get_crosstabs(frame, attr_cols=names)
            Bias().get_disparity_predefined_groups(groups, original_df=frame, ref_groups_dict=references)
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
