"""The composition root: the only place that wires, a module for each process, which loads what that one needs."""
