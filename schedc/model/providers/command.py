"""A command that reads the prompt on its standard input and writes the answer to its standard output."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

from schedc.model.answer import MAX_ANSWER
from schedc.model.talk import Answer, NoAnswer, Prompt, Stop, Usage

_MAX_BYTES = 4 * MAX_ANSWER
_MAX_WORDS = 2_000


class Command:
    """What it takes is counted as a token for each byte: nobody says how many it were."""

    def __init__(self, argv: Sequence[str]) -> None:
        self._argv = tuple(argv)

    @property
    def model(self) -> str:
        """The program alone: its arguments may hold what is nobody's business."""
        return os.path.basename(self._argv[0])

    def ask(self, prompt: Prompt, most_output: int, seconds: float) -> Answer:
        """`NoAnswer` where it fails or is not done in time; it and what it started is ended then."""
        text = prompt.text().encode()
        output, errors, code = _run(self._argv, text, seconds)
        usage = Usage(input=len(text), output=len(output), exact=False)
        if code != 0:
            said = errors.decode("utf-8", "replace").strip()[-_MAX_WORDS:]
            raise NoAnswer(f"the command ended with code {code}" + (f": {said}" if said else ""), usage=usage)
        if len(output) > most_output:
            cut = output[:most_output].decode("utf-8", "ignore")
            return Answer(cut, Stop.CUT, Usage(len(text), output=most_output, exact=False))
        return Answer(output.decode("utf-8", "replace"), Stop.DONE, usage)


def _run(argv: Sequence[str], text: bytes, seconds: float) -> tuple[bytes, bytes, int]:
    deadline = time.monotonic() + seconds
    try:
        process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
    except OSError as error:
        raise NoAnswer(f"cannot run {argv[0]}: {(error.strerror or str(error)).lower()}", usage=Usage()) from None
    try:
        output, errors = _talk(process, text, deadline)
        return output, errors, process.wait(max(0.01, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise NoAnswer(f"the command was not done in {seconds:.0f} s") from None
    finally:
        _end(process)


def _talk(process: subprocess.Popen[bytes], text: bytes, deadline: float) -> tuple[bytes, bytes]:
    """Both ways at once, so that neither side waits for the other; what is too much is not kept."""
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    kept: dict[IO[bytes], bytearray] = {process.stdout: bytearray(), process.stderr: bytearray()}
    rest = memoryview(text)
    os.set_blocking(process.stdin.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdin, selectors.EVENT_WRITE)
        for stream in kept:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if not ready:
                raise subprocess.TimeoutExpired(process.args, 0)
            for key, _ in ready:
                if key.fileobj is process.stdin:
                    rest = _write(process.stdin, rest)
                    if not rest:
                        selector.unregister(process.stdin)
                        with suppress(BrokenPipeError):
                            process.stdin.close()
                    continue
                stream = process.stdout if key.fileobj is process.stdout else process.stderr
                chunk = os.read(stream.fileno(), 65_536)
                if not chunk:
                    selector.unregister(stream)
                elif len(kept[stream]) < _MAX_BYTES:
                    kept[stream] += chunk
    return bytes(kept[process.stdout]), bytes(kept[process.stderr])


def _write(stdin: IO[bytes], rest: memoryview) -> memoryview:
    """What is left; nothing where the command does not read on."""
    try:
        return rest[os.write(stdin.fileno(), rest[:65_536]) :]
    except BrokenPipeError:
        return rest[:0]


def _end(process: subprocess.Popen[bytes]) -> None:
    """It, and what it started, which may hold on to the pipes."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(BrokenPipeError):
                stream.close()
