"""What a password must satisfy before the vault keeps it."""

from collections.abc import Collection, Iterable

from cdt.domain.errors import Invalid

SHORTEST, LONGEST = 10, 1_000
SHORTEST_OWN_WORD = 4
DECORATION = "0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ "


def require_good(field: str, password: str, *, common: Collection[str], own_words: Iterable[str]) -> None:
    """Raise Invalid, which says what to do, for a password that somebody would guess soon.

    common: passwords that many people have, in lower case. own_words: the person's name and address.

    >>> require_good("password", "correct horse battery", common={"password"}, own_words=[])
    >>> require_good("password", "Password2026!", common={"password"}, own_words=[])
    Traceback (most recent call last):
    cdt.domain.errors.Invalid: password: many people have this password; choose one that nobody would guess
    """
    if len(password) < SHORTEST:
        raise Invalid(field, f"write at least {SHORTEST} characters; a few words are easy to keep in mind")
    if len(password) > LONGEST:
        raise Invalid(field, f"write at most {LONGEST} characters")
    if any("\ud800" <= character <= "\udfff" for character in password):
        raise Invalid(field, "write whole characters: half of a surrogate pair is none")
    bare = password.casefold()
    core = bare.strip(DECORATION)
    if bare in common or core in common or len(set(bare)) < SHORTEST // 2:
        raise Invalid(field, "many people have this password; choose one that nobody would guess")
    words = {part for word in own_words for part in _parts(word) if len(part) >= SHORTEST_OWN_WORD}
    if core in words or any(core == one + other for one in words for other in words):
        raise Invalid(field, "don't use your own name or address as the password")


def _parts(word: str) -> Iterable[str]:
    bare = word.casefold()
    return (bare, *bare.replace("@", " ").replace(".", " ").replace("-", " ").split())
