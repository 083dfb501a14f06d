"""What a version makes of its features."""

import enum

import strawberry


@strawberry.enum(description="What a version makes of its features, whose drift can be measured like theirs.")
class VersionOutput(enum.Enum):
    """In results they are called (decision), (score) and (label)."""

    DECISION = "decision"
    SCORE = "score"
    LABEL = "label"
