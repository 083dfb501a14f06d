"""Security events and reads of models in the schema."""
