import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from arq.connections import RedisSettings
from redis import Redis

from cdt.embedded import EmbeddedValkey
from cdt.embedded.errors import StateFolderInUse


@pytest.fixture
def valkey(state: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(state)
    server.start()
    yield server
    server.stop()


def test_its_address_is_understood_by_redis_and_by_arq(valkey: EmbeddedValkey) -> None:
    with Redis.from_url(valkey.url) as redis:
        assert redis.ping()
    assert RedisSettings.from_dsn(valkey.url).unix_socket_path == f"{valkey.home}/socket/valkey.sock"


def test_a_killed_server_starts_again_with_what_it_acknowledged(valkey: EmbeddedValkey) -> None:
    with Redis.from_url(valkey.url) as redis:
        redis.set("job", "due")

        os.kill(valkey.pid, signal.SIGKILL)
        os.waitid(os.P_PID, valkey.pid, os.WEXITED | os.WNOWAIT)

        assert valkey.restart_if_dead()
        assert redis.get("job") == b"due"


def test_data_outlast_a_stop(valkey: EmbeddedValkey) -> None:
    with Redis.from_url(valkey.url) as redis:
        redis.set("job", "due")
        valkey.stop()
        assert not valkey.is_running()

        valkey.start()

        assert redis.get("job") == b"due"


def test_it_syncs_its_file_every_second_and_has_no_port(valkey: EmbeddedValkey) -> None:
    with Redis.from_url(valkey.url) as redis:
        assert redis.config_get("append*") == {
            "appendonly": "yes",
            "appendfsync": "everysec",
            "appendfilename": "appendonly.aof",
            "appenddirname": "appendonlydir",
        }
        assert redis.config_get("port") == {"port": "0"}


def test_a_folder_in_use_is_refused(valkey: EmbeddedValkey) -> None:
    with pytest.raises(StateFolderInUse, match=f"in use by another running `cdt up` \\(process {os.getpid()}\\)"):
        EmbeddedValkey(valkey.state).start()

    assert valkey.is_running()
