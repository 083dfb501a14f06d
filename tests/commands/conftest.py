"""The recording of the read models' tests, whose commands these are."""

from tests.readmodels.conftest import recording

__all__ = ["recording"]
