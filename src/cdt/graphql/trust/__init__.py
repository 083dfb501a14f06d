"""Trust scores and policies in the schema."""
