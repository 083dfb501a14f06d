"""Logs a table with whylogs and tells its drift from profiles: run by a Python that has it, driven by what it reads."""

import json
import sys
import time
import warnings

import numpy as np
import pandas
import whylogs
from whylogs.viz.drift.column_drift_algorithms import calculate_drift_scores


def main() -> None:
    """Read a file of columns of both sides; for each line, log the current side or compare both."""
    warnings.filterwarnings("ignore")
    stored = np.load(sys.argv[1])
    old, new = (
        pandas.DataFrame({name.partition("/")[2]: stored[name] for name in stored.files if name.startswith(side)})
        for side in ("old/", "new/")
    )
    reference, current = whylogs.log(old).view(), whylogs.log(new).view()
    print("ready", flush=True)
    for line in sys.stdin:
        began = time.process_time()
        if line.strip() == "log":
            current = whylogs.log(new).view()
        else:
            calculate_drift_scores(target_view=current, reference_view=reference, with_thresholds=True)
        print(time.process_time() - began, json.dumps({}), flush=True)


if __name__ == "__main__":
    main()
