"""Proves: exports of the record that a stranger can check without the database."""
