"""Talks: thin. Parse, call a command or a read model, shape the answer."""
