"""Where objects lie, as an operator says it: a folder, or a bucket that speaks S3."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


class PlaceIsWrong(ValueError):
    """What was said of the object storage can't be one; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A folder of this machine, or one that every machine of CDT has mounted."""

    path: Path


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A bucket, and what all keys in it begin with.

    endpoint: of a server that is not Amazon's. key_id, secret: without them, who the machine is.
    """

    name: str
    prefix: str
    endpoint: str | None
    region: str | None
    key_id: str | None
    secret: str | None

    def __repr__(self) -> str:
        """Without the secret."""
        return f"Bucket({self.name!r}, prefix={self.prefix!r}, endpoint={self.endpoint!r})"


Place = Folder | Bucket


def place_of(
    text: str,
    *,
    endpoint: str | None = None,
    region: str | None = None,
    key_id: str | None = None,
    secret: str | None = None,
) -> Place:
    """A folder's path, or s3://bucket/prefix; PlaceIsWrong for anything else."""
    if "://" not in text:
        path = Path(text)
        if not path.is_absolute():
            raise PlaceIsWrong(f"{text!r} is no absolute path, nor s3://bucket/prefix")
        return Folder(path=path)
    parts = urlsplit(text)
    if parts.scheme != "s3" or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise PlaceIsWrong(f"{text!r} is no absolute path, nor s3://bucket/prefix")
    if (key_id is None) != (secret is None):
        raise PlaceIsWrong("a key's id and its secret go together")
    return Bucket(
        name=parts.netloc, prefix=parts.path.strip("/"), endpoint=endpoint, region=region, key_id=key_id, secret=secret
    )
