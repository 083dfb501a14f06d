"""Cutting bodies into pieces."""
