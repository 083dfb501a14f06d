"""Measures drift with frouros, again and again: run by a Python that has it, driven by the lines that it reads."""

import json
import sys
import time
import warnings

import numpy as np
from frouros.detectors.data_drift import EMD, JS, KL, PSI, ChiSquareTest, HellingerDistance, KSTest

NUMBERS = {"ks": KSTest, "psi": PSI, "js": JS, "kl": KL, "hellinger": HellingerDistance, "wasserstein": EMD}


def main() -> None:
    """Read a file of columns of both sides; for each line, measure all of them, and say how long it took."""
    warnings.filterwarnings("ignore")
    stored = np.load(sys.argv[1])
    names = [name.partition("/")[2] for name in stored.files if name.startswith("old/")]
    columns = {name: (stored[f"old/{name}"], stored[f"new/{name}"]) for name in names}
    print("ready", flush=True)
    for line in sys.stdin:
        found: dict[str, float] = {}
        wanted = {"psi": PSI} if line.strip() == "psi and chi-square" else NUMBERS
        began = time.process_time()
        for name, (old, new) in columns.items():
            kinds = wanted if name.startswith("number") else {"chi-square": ChiSquareTest}
            for kind, detector in kinds.items():
                made = detector()
                made.fit(X=old)
                result = made.compare(X=new)[0]
                found[f"{kind} of {name}"] = float(getattr(result, "distance", None) or result.statistic)
        print(time.process_time() - began, json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
