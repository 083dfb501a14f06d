"""Alert rules, alerts and their deliveries in the schema."""
