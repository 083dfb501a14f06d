"""Who is told of alerts, and whether the message arrived."""
