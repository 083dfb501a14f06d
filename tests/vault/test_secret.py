"""The vault's secret: what it seals opens under the same purpose and secret alone, and unaltered."""

import base64

import pytest

from cdt.vault.secret import BoxCannotBeOpened, SecretIsWrong, VaultSecret, open_box, seal

SECRET = VaultSecret("A" * 43)


def test_what_is_sealed_opens_again() -> None:
    assert SECRET.open("a purpose", SECRET.seal("a purpose", b"content")) == b"content"


def test_the_same_content_is_sealed_otherwise_each_time() -> None:
    assert SECRET.seal("a purpose", b"content") != SECRET.seal("a purpose", b"content")


def test_another_purpose_or_secret_opens_nothing() -> None:
    box = SECRET.seal("a purpose", b"content")

    with pytest.raises(BoxCannotBeOpened):
        SECRET.open("another purpose", box)
    with pytest.raises(BoxCannotBeOpened):
        VaultSecret(VaultSecret.new()).open("a purpose", box)


@pytest.mark.parametrize("place", [0, 11, 12, -1])
def test_an_altered_box_does_not_open(place: int) -> None:
    box = bytearray(seal(b"k" * 32, b"content"))
    box[place] ^= 1

    with pytest.raises(BoxCannotBeOpened):
        open_box(b"k" * 32, bytes(box))


@pytest.mark.parametrize("size", [0, 1, 11, 12, 27])
def test_a_shortened_box_does_not_open(size: int) -> None:
    with pytest.raises(BoxCannotBeOpened):
        open_box(b"k" * 32, seal(b"k" * 32, b"content")[:size])


def test_keys_are_of_their_purpose_and_for_ever_the_same() -> None:
    assert SECRET.key_for("tokens/1").hex() == "1e7cda6234759108f87000c08ac19d035de3d025cc5ced199838b0224585733e"
    assert len({SECRET.key_for("tokens/1"), SECRET.key_for("tokens/2"), SECRET.key_for("person-keys")}) == 3


def test_a_name_is_hashed_without_regard_to_case_and_spaces() -> None:
    assert SECRET.name_hash("email", " Ada@Example.com ") == SECRET.name_hash("email", "ada@example.com")
    assert SECRET.name_hash("email", "ada") != SECRET.name_hash("slug", "ada")
    assert SECRET.name_hash("email", "ada") != VaultSecret(VaultSecret.new()).name_hash("email", "ada")


def test_a_new_secret_is_32_bytes_and_new() -> None:
    assert len(base64.urlsafe_b64decode(VaultSecret.new() + "=")) == 32
    assert VaultSecret.new() != VaultSecret.new()


@pytest.mark.parametrize("text", ["", "A" * 42, "A" * 44, "é" * 43, "not base64!"])
def test_a_secret_of_another_length_or_alphabet_is_refused(text: str) -> None:
    with pytest.raises(SecretIsWrong, match="32 bytes as base64url"):
        VaultSecret(text)
