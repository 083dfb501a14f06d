"""Measures drift with Evidently, again and again: run by a Python that has it, driven by the lines that it reads."""

import json
import sys
import time
import warnings

import numpy as np
import pandas
from evidently import Report
from evidently.legacy.calculations.stattests.psi import _psi
from evidently.legacy.core import ColumnType
from evidently.presets import DataDriftPreset


def main() -> None:
    """Read a file of columns of both sides; for each line, a report or the bare PSI of all columns."""
    warnings.filterwarnings("ignore")
    stored = np.load(sys.argv[1])
    sides = [
        pandas.DataFrame({name.partition("/")[2]: stored[name] for name in stored.files if name.startswith(side)})
        for side in ("old/", "new/")
    ]
    old, new = sides
    print("ready", flush=True)
    for line in sys.stdin:
        found: dict[str, float] = {}
        began = time.process_time()
        if line.strip() == "report":
            Report([DataDriftPreset()]).run(new, old)
        else:
            for name in old:
                kind = ColumnType.Numerical if name.startswith("number") else ColumnType.Categorical
                found[name] = float(_psi(old[name], new[name], kind, 0.1)[0])
        print(time.process_time() - began, json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
