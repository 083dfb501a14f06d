"""What `/readyz` says of the object storage: it is named, and no reason to serve nobody."""

from pathlib import Path

import pytest

from cdt.bootstrap.api import api_services
from cdt.http.readiness import Readiness
from cdt.settings import Settings
from cdt.storage.places import Folder
from cdt.storage.storage import Storage
from cdt.wall_clock import utc_now
from tests.api import Api


async def said(settings: Settings, storage: Storage) -> tuple[str, str]:
    """What is said of the storage, and of the whole but for workers and reactions, which don't run here."""
    assert settings.redis_url is not None
    async with api_services(settings) as services:
        readiness = Readiness(lambda: services.reader, lambda: storage, redis_url=settings.redis_url, now=utc_now)
        parts = await readiness.probe()
    return parts["storage"], parts["database"]


@pytest.mark.parametrize("place", ["none", "folder", "file", "not mounted"])
async def test_the_storage_is_named_as_it_is(api: Api, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    storage = Storage(None if place == "none" else Folder(path=tmp_path / place))
    if place == "folder":
        await storage.mark()

    found, database = await said(api.settings, storage)

    assert found.partition(":")[0] == {"none": "not set", "folder": "ok", "file": "away", "not mounted": "away"}[place]
    assert str(tmp_path) not in found
    assert database == "ok"


async def test_a_storage_that_is_away_does_not_make_an_api_unready(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr("cdt.http.readiness._is_ok", lambda _: True)  # nobody follows, reacts or works here
    assert api.settings.redis_url is not None
    async with api_services(api.settings) as services:
        away = Storage(Folder(path=tmp_path / "file"))
        readiness = Readiness(lambda: services.reader, lambda: away, redis_url=api.settings.redis_url, now=utc_now)

        assert (await readiness.probe())["status"] == "ready"
