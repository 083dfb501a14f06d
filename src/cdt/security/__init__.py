"""Keeps what happens at the door and is no decision, and who read which model: noticed in memory, kept in batches."""
