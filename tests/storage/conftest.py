"""An S3 server for a session of tests."""

from collections.abc import AsyncIterator

import pytest

from tests.storage.servers import an_s3_server


@pytest.fixture(scope="session")
async def s3_port(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[int]:
    async with an_s3_server(tmp_path_factory.mktemp("s3")) as port:
        yield port
