"""Pools, transactions, the event log, and the notifications of Postgres."""
