"""Keeps raw predictions and labels: decoding, intake, identities, segments, and the profiles folded from them."""
