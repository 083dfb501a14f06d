"""What people want to be told of, and whether it rings."""
