import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdt.measures import BrokenProfile, Profile, decode, decode_all, empty, encode, merge_all
from cdt.measures.packing import numbers_from_bytes, numbers_to_bytes
from cdt.measures.profile import no_extremes

from .builders import a_grid, a_profile

GRID = a_grid()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1_000), rows=st.integers(0, 200))
def test_a_profile_comes_back_from_its_bytes(seed: int, rows: int) -> None:
    profile = a_profile(GRID, seed, rows)
    assert decode(GRID, encode(profile)) == profile


@given(st.lists(st.integers(0, 2**63 - 1), max_size=40))
def test_every_number_comes_back_from_its_bytes(numbers: list[int]) -> None:
    assert numbers_from_bytes(numbers_to_bytes(np.array(numbers, dtype=np.int64))).tolist() == numbers


def test_many_stored_profiles_are_read_merged() -> None:
    profiles = [a_profile(GRID, seed, 50) for seed in range(5)]
    assert decode_all(GRID, [encode(profile) for profile in profiles]) == merge_all(GRID, profiles)
    assert decode_all(GRID, []) == empty(GRID)


def test_an_hour_of_eight_rows_is_small() -> None:
    assert len(encode(a_profile(GRID, 1, 8))) < 320


def test_a_profile_of_another_grid_is_refused() -> None:
    with pytest.raises(BrokenProfile, match="another grid"):
        decode(a_grid(300), encode(empty(GRID)))


def test_counts_below_zero_are_not_stored() -> None:
    counts = np.zeros(GRID.layout.size, dtype=np.int64)
    counts[5] = -1
    with pytest.raises(ValueError, match="below zero"):
        encode(Profile(grid=GRID, counts=counts, extremes=no_extremes(GRID)))


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_damaged_bytes_are_refused_or_read_as_a_profile_and_do_nothing_else(data: st.DataObject) -> None:
    stored = bytearray(encode(a_profile(GRID, 1, 20)))
    for _ in range(data.draw(st.integers(1, 4))):
        stored[data.draw(st.integers(0, len(stored) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(stored)))
    try:
        profile = decode(GRID, bytes(stored[:cut]))
    except BrokenProfile:
        return
    assert profile.counts.min() >= 0


def test_a_body_that_grows_beyond_its_claim_is_refused() -> None:
    header = encode(empty(GRID))[:13]
    bomb = header + struct.pack("<III", 10, 5, 0) + zlib.compress(bytes(50_000_000))
    with pytest.raises(BrokenProfile, match="not as long as it claims"):
        decode(GRID, bomb)


@pytest.mark.parametrize(
    ("filled", "body"),
    [
        (1, numbers_to_bytes(np.array([10_000_000, 1]))),  # a place outside the grid
        (1, numbers_to_bytes(np.array([0, 0]))),  # a count of nothing
        (2, numbers_to_bytes(np.array([0, 1]))),  # fewer counts than claimed
        (1, b"\x80\x80"),  # a number without an end
        (1, b"\xff" * 10 + b"\x01\x01"),  # a number of more than 63 bits
        (4_000_000_000, b""),
    ],
)
def test_bytes_that_claim_what_can_not_be_are_refused(filled: int, body: bytes) -> None:
    header = encode(empty(GRID))[:13]
    stored = header + struct.pack("<III", len(body), filled, 0) + zlib.compress(body)
    with pytest.raises(BrokenProfile):
        decode(GRID, stored)
