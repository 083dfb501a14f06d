"""What CDT costs beside a bare baseline or a peer, measured in one run; `python -m bench` runs all of it."""
