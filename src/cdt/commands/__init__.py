"""Acts: load, decide, record, answer the position. One function a command, named as the mutation."""
