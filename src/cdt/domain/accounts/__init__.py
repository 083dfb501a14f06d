"""Who the people are. What identifies them is sealed; what admits them is in the vault."""
