"""Admits: token or key -> actor, tenants, permissions. Used by HTTP and GraphQL alike."""
