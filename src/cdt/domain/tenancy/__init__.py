"""Whose data it is: organizations, their projects, who belongs to them, and the keys of programs."""
