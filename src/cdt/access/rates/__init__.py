"""How much may be asked for in a minute: decided in the process at once, and settled with all others in Redis."""
