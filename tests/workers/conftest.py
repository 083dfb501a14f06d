"""The world of the reactions' tests, whose commands these are too."""

from tests.reactions.conftest import child, redis_url, world

__all__ = ["child", "redis_url", "world"]
