"""Logs columns with whylogs, again and again: run by a Python that has it, driven by the lines that it reads."""

import sys
import time

import numpy as np
import pandas
import whylogs


def main() -> None:
    """Read a file of columns; for each line, log them all once and answer the seconds of a processor that it took."""
    stored = np.load(sys.argv[1])
    frame = pandas.DataFrame({name: stored[name] for name in stored.files})
    print("ready", flush=True)
    for _ in sys.stdin:
        began = time.process_time()
        whylogs.log(frame)
        print(time.process_time() - began, flush=True)


if __name__ == "__main__":
    main()
