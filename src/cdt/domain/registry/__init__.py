"""Which models there are, their versions, and which version serves where."""
