"""How far a version can be trusted, by which policy, and why."""
