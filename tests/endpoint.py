"""A server on the loopback address that speaks OpenAI's streaming form and says what it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from select import select
from typing import Any


@dataclass(frozen=True)
class Says:
    """A reply in pieces of three characters. `finish` is its reason to end; without one it is cut.

    `endless` repeats the text until the client leaves; one that `waits` says nothing
    until the server is told to go on, `stalls` nothing more after its text.
    """

    text: str
    finish: str | None = "stop"
    endless: bool = False
    waits: bool = False
    stalls: bool = False


@dataclass(frozen=True)
class Fails:
    """An answer with an HTTP status."""

    status: int
    message: str = "no"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Endpoint:
    """What the server was asked, and what it says next; the last stays for all further requests."""

    url: str
    script: list[Says | Fails] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def says(self, *texts: str) -> None:
        """Script one reply after the other."""
        self.script = [Says(text) for text in texts]

    @property
    def prompt(self) -> str:
        """The last message of the first request."""
        return str(self.requests[0]["messages"][-1]["content"])


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """Run a scripted server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            told.requests.append(json.loads(self.rfile.read(length)))
            told.keys.append(self.headers.get("Authorization", ""))
            now = told.script.pop(0) if len(told.script) > 1 else told.script[0]
            if isinstance(now, Fails):
                _fail(self, now)
                return
            try:
                if now.waits:
                    _wait(self, told)
                _speak(self, now)
                if now.stalls:
                    _wait(self, told)
            except OSError:
                told.left.set()
            self.close_connection = True

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    told = Endpoint(f"http://127.0.0.1:{server.server_port}/v1")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield told
    finally:
        told.go_on.set()
        server.shutdown()
        server.server_close()


def _wait(handler: BaseHTTPRequestHandler, told: Endpoint) -> None:
    """Wait to be told to go on; raise where the client leaves before."""
    while not told.go_on.wait(0.02):
        if select([handler.connection], [], [], 0)[0]:
            raise BrokenPipeError  # a client that waits has nothing to say: it has closed


def _fail(handler: BaseHTTPRequestHandler, fault: Fails) -> None:
    body = json.dumps({"error": {"message": fault.message, "type": "x", "code": "x"}}).encode()
    handler.send_response(fault.status)
    for name, value in (*fault.headers, ("Content-Length", str(len(body)))):
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def _speak(handler: BaseHTTPRequestHandler, reply: Says) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    _send(handler, _delta({"role": "assistant", "content": ""}))
    while True:
        for start in range(0, len(reply.text), 3):
            _send(handler, _delta({"content": reply.text[start : start + 3]}))
        if not reply.endless:
            break
        time.sleep(0.01)
    if reply.stalls:
        return
    if reply.finish is None:
        with suppress(OSError):
            handler.connection.close()
        return
    _send(handler, _delta({}, reply.finish))
    usage = {"prompt_tokens": 321, "completion_tokens": 12, "total_tokens": 333}
    _send(handler, {**_delta({}), "choices": [], "usage": usage})
    _write(handler, b"data: [DONE]\n\n")
    handler.wfile.write(b"0\r\n\r\n")


def _delta(delta: dict[str, str], finish: str | None = None) -> dict[str, Any]:
    return {
        "id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }  # fmt: skip


def _send(handler: BaseHTTPRequestHandler, event: dict[str, Any]) -> None:
    _write(handler, f"data: {json.dumps(event)}\n\n".encode())


def _write(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    handler.wfile.flush()
