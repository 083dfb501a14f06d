"""Writes the read models: one function per event, SQL only; the follower runs them in one order, at one position."""
