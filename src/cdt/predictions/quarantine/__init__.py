"""Keeps rows that were not taken in, or only in part, as they were sent; and counts them by the hour."""
