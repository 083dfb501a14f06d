"""What a project must keep, and whose rows go."""
