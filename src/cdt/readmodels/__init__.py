"""Reads the read models: frozen rows, at the view's position, under the tenants' policy."""
