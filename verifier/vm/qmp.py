"""QEMU's machine protocol (JSON lines over a socket): as much of it as taking and restoring a snapshot asks for."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

from schedc.verifier.vm.errors import VmError

PATIENCE = 60.0
_FURTHER = "the snapshot is left out: a cold boot does the same, more slowly"


class Qmp:
    """One conversation. `theirs` is QEMU's end of the socket, to be handed to it and closed here."""

    def __init__(self) -> None:
        self._ours, self.theirs = socket.socketpair()
        self._ours.settimeout(PATIENCE)
        self._rest = b""

    def begin(self) -> None:
        """Wait for QEMU's greeting and answer it."""
        self.theirs.close()
        self._line()
        self.ask("qmp_capabilities")

    def ask(self, command: str, send: int | None = None, **arguments: Any) -> Any:
        """One command and what it returns; `send` is a file descriptor that goes with it. VmError if refused."""
        text = json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n"
        try:
            if send is None:
                self._ours.sendall(text)
            else:
                socket.send_fds(self._ours, [text], [send])
        except OSError as error:
            raise VmError(f"QEMU does not listen: {error}", _FURTHER) from error
        while True:
            line = self._line()
            if "return" in line:
                return line["return"]
            if "error" in line:
                raise VmError(f"QEMU refuses {command}: {line['error'].get('desc', '')}", _FURTHER)

    def migrated(self) -> None:
        """Wait until the guest's state is written."""
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            status = self.ask("query-migrate").get("status")
            if status == "completed":
                return
            if status in ("failed", "cancelled"):
                break
            time.sleep(0.01)
        raise VmError("QEMU could not write the guest's state", _FURTHER)

    def close(self) -> None:
        """Both ends; also before `begin`."""
        self._ours.close()
        self.theirs.close()

    def _line(self) -> dict[str, Any]:
        """The next message, events included."""
        while b"\n" not in self._rest:
            try:
                part = self._ours.recv(65536)
            except OSError as error:
                raise VmError(f"QEMU does not answer: {error}", _FURTHER) from error
            if not part:
                raise VmError("QEMU ended", _FURTHER)
            self._rest += part
        text, self._rest = self._rest.split(b"\n", 1)
        found = json.loads(text)
        return found if isinstance(found, dict) else {}
