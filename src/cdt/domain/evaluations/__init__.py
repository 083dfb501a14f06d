"""What is measured of a version, over which windows, and what the measured numbers are judged by."""
