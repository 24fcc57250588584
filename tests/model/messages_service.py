"""A service that speaks the Messages API on this machine, so that the real SDK is what is tested; no real keys."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-test-0123456789abcdef"

GOOD = """language 1
policy quick "One queue, and a kick for who waits."
param slice: duration = 5ms in 1ms..20ms
queue ready: fifo
on enqueue(task) {
    insert task into ready for slice
    kick idle_cpu(task)
}
"""
LOSES = GOOD.replace("    insert task into ready", "    if task.weight > 50 { insert task into ready").replace(
    "for slice\n", "for slice }\n"
)


def fenced(policy: str, words: str = "A queue will do.") -> str:
    return f"{words}\n\n```sched\n{policy}```\n"


class Service:
    """Gives the scripted replies in turn, the last one again and again, and keeps what it was asked.

    A reply is the words of an answer; or a table: `text`, `tool`, `stop`, `usage`, `stop_details`; `status` with `error` (and
    `headers`); `drop` after so many words; `hang` for so many seconds; `stream_error`.
    """

    def __init__(self) -> None:
        self.replies: list[str | dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                assert self.path.split("?")[0] == "/v1/messages"
                service.requests.append(body)
                service.headers.append({name.lower(): value for name, value in self.headers.items()})
                number = min(len(service.requests), len(service.replies)) - 1
                reply = service.replies[number]
                answer(self, body, {"text": reply} if isinstance(reply, str) else reply)

            def log_message(self, *_: object) -> None:
                """Tests are quiet."""

        return Handler


def answer(handler: BaseHTTPRequestHandler, body: dict[str, Any], reply: dict[str, Any]) -> None:
    if "status" in reply:
        refuse(handler, reply)
        return
    handler.send_response(200)
    handler.send_header("content-type", "text/event-stream")
    handler.send_header("request-id", "req_1")
    handler.end_headers()
    for kind, data in events(body, reply):
        if kind == "drop":
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        if kind == "hang":
            hang(handler, reply["hang"])
            return
        handler.wfile.write(f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode())
        handler.wfile.flush()


def hang(handler: BaseHTTPRequestHandler, seconds: float) -> None:
    """A server that is alive and says nothing."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            handler.wfile.write(b'event: ping\ndata: {"type": "ping"}\n\n')
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(0.02)


def refuse(handler: BaseHTTPRequestHandler, reply: dict[str, Any]) -> None:
    kind, message = reply["error"]
    content = json.dumps({"type": "error", "error": {"type": kind, "message": message}}).encode()
    handler.send_response(reply["status"])
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", str(len(content)))
    for name, value in reply.get("headers", {}).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(content)


def events(body: dict[str, Any], reply: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    usage = {
        "input_tokens": 40, "cache_creation_input_tokens": 4000, "cache_read_input_tokens": 0, "output_tokens": 1,
        **reply.get("usage", {}),
    }  # fmt: skip
    message = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": {**usage, "output_tokens": 1},
    }  # fmt: skip
    yield "message_start", {"message": message}
    yield "ping", {}
    if "thinking" in reply:
        yield "content_block_start", {"index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}}
        yield "content_block_delta", {"index": 0, "delta": {"type": "thinking_delta", "thinking": reply["thinking"]}}
        yield "content_block_stop", {"index": 0}
    index = int("thinking" in reply)
    yield "content_block_start", {"index": index, "content_block": {"type": "text", "text": ""}}
    text = reply.get("text", "")
    for start in range(0, len(text), 200):
        yield "content_block_delta", {"index": index, "delta": {"type": "text_delta", "text": text[start : start + 200]}}
    if "tool" in reply:
        yield "content_block_stop", {"index": index}
        yield from tool_use(index := index + 1, reply["tool"])
    if "stream_error" in reply:
        kind, said = reply["stream_error"]
        yield "error", {"error": {"type": kind, "message": said}}
        return
    if "drop" in reply:
        yield "drop", {}
    if "hang" in reply:
        yield "hang", {}
    yield "content_block_stop", {"index": index}
    delta = {"stop_reason": reply.get("stop", "end_turn"), "stop_sequence": None}
    if "stop_details" in reply:
        delta["stop_details"] = reply["stop_details"]
    yield "message_delta", {"delta": delta, "usage": {"output_tokens": usage["output_tokens"]}}
    yield "message_stop", {}


def tool_use(index: int, tool: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A block that asks for a tool, its input in pieces of JSON; the caller ends it."""
    block = {"type": "tool_use", "id": "toolu_1", "name": tool["name"], "input": {}}
    yield "content_block_start", {"index": index, "content_block": block}
    text = json.dumps(tool["input"])
    for piece in (text[:5], text[5:]):
        yield "content_block_delta", {"index": index, "delta": {"type": "input_json_delta", "partial_json": piece}}
