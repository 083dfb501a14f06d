"""Intake and live readings in the schema."""
