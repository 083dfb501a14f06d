"""What becomes of a project's rows: what must be kept, what was thrown away, whose were erased."""
