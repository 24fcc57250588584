"""The way in to a policy that runs: a socket for root, by which live params get other values."""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from schedc.load.errors import LoadError, NotAllowed

PLACE = Path("/run/schedc/load")
_MOST = 64 * 1024  # bytes of a message
_PATIENCE = 1.0  # seconds that a client may take: what watches the policy waits meanwhile
_PEER = struct.Struct("iII")
_TIME = struct.Struct("ll")

Handle = Callable[[Mapping[str, str]], str]
"""Takes values of params by name; what is wrong with them, or nothing."""


@contextmanager
def listening(place: Path = PLACE) -> Iterator[socket.socket]:
    """A socket that only this user can reach; gone afterwards, and so is one that a killed loader has left."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    about = place.parent.lstat()
    if about.st_uid != os.geteuid() or about.st_mode & 0o077 or not place.parent.is_dir():
        raise LoadError(f"{place.parent} is not root's alone", f"run: rm -r {place.parent}")
    place.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place))
        place.chmod(0o600)
        server.listen(4)
        try:
            yield server
        finally:
            place.unlink(missing_ok=True)


def answer(server: socket.socket, handle: Handle) -> None:
    """Serves one client. Whatever is wrong with it is its own affair."""
    with suppress(OSError), server.accept()[0] as client:
        client.settimeout(_PATIENCE)
        if _uid(client) not in (0, os.geteuid()):
            return
        try:
            wrong = handle(_wanted(_message(client)))
        except (ValueError, RecursionError) as error:
            wrong = f"not understood: {error}"
        client.sendall(json.dumps({"wrong": wrong}).encode() + b"\n")


def change(wanted: Mapping[str, str], place: Path = PLACE) -> None:
    """Asks the policy that runs; `LoadError` where none does, `NotAllowed` where it does not take the values."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            # Where others are in line it waits; with Python's own timeout it would be turned away at once.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _TIME.pack(int(10 * _PATIENCE), 0))
            client.connect(str(place))
            client.settimeout(10 * _PATIENCE)
            client.sendall(json.dumps({"set": dict(wanted)}).encode() + b"\n")
            told = json.loads(_message(client))
    except PermissionError:
        raise LoadError("setting a live param takes root", "run it with sudo") from None
    except (OSError, ValueError) as error:
        raise LoadError(
            f"no policy can be reached that `schedc load` has loaded ({error})", "load one: schedc load POLICY"
        ) from None
    if told.get("wrong"):
        raise NotAllowed(str(told["wrong"]))


def _uid(client: socket.socket) -> int:
    uid: int = _PEER.unpack(client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))[1]
    return uid


def _message(sender: socket.socket) -> bytes:
    """One line."""
    data = b""
    while not data.endswith(b"\n"):
        part = sender.recv(_MOST - len(data))
        if not part:
            break
        data += part
    return data


def _wanted(message: bytes) -> dict[str, str]:
    """`ValueError` unless it is a request."""
    request = json.loads(message)
    wanted = request.get("set") if isinstance(request, dict) else None
    if not isinstance(wanted, dict) or not all(isinstance(value, str) for value in wanted.values()):
        raise ValueError('this is no request: {"set": {"NAME": "VALUE"}} is one')
    return wanted
