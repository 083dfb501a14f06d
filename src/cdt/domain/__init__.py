"""Decides: pure and synchronous, standard library and msgspec only."""
