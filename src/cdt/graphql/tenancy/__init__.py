"""Organizations, projects and keys in the schema."""
