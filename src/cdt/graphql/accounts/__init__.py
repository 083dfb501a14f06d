"""People and sign-in in the schema."""
