"""The one error tree of the domain.

    DomainError
    ├── NotFound         what was named isn't there, or not for this actor
    ├── Conflict         it contradicts what is already so
    │   ├── NameIsTaken
    │   ├── ConcurrentChange
    │   └── (a context's own: VersionExists, ModelIsArchived ...)
    ├── Invalid          the input can't mean anything
    └── Forbidden        this actor may not

A class's docstring is its sentence; its data are attributes.
"""


class DomainError(Exception):
    """Something was refused."""

    code = "REFUSED"

    def __init__(self, **details: object) -> None:
        super().__init__(self.sentence().format(**details))
        self.details = details

    @classmethod
    def sentence(cls) -> str:
        """The docstring's first line, with `{names}` of the details."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]


class NotFound(DomainError):
    """There is no such {kind}, or you may not see it."""

    code = "NOT_FOUND"


class Conflict(DomainError):
    """It contradicts what is already so."""

    code = "CONFLICT"


class NameIsTaken(Conflict):
    """The name {name!r} is already taken; choose another."""


class ConcurrentChange(Conflict):
    """Somebody else changed it at the same moment, twice; look at it and try again."""


class CommandWasOther(Conflict):
    """This commandId was used before, for something else or by somebody else; use a new one."""


class Invalid(DomainError):
    """{field}: {problem}"""

    code = "INVALID"

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(field=field, problem=problem)
        self.field = field
        self.problem = problem


class Forbidden(DomainError):
    """You may not do this; it needs the permission {permission}."""

    code = "FORBIDDEN"
