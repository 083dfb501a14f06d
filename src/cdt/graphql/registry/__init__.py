"""Models, versions and deployments in the schema."""
