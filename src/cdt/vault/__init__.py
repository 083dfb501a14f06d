"""Keeps what must never be an event: credentials, person keys, key hashes, webhook secrets."""
