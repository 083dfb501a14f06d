"""Measured numbers, plans and evaluations in the schema."""
