"""Who may use the server: passwords, uploads, and the headers of each response."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import bcrypt
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vectorstore.errors import ReportQAError

_OPEN_PATHS = ("/healthz",)
# Nothing may come from or go to another host, and no script is run but the files that the
# server has and those that stand in its own pages, told by their hashes: so no handler in an
# attribute, whatever came into the page. Two holes are left, which Gradio needs: it makes
# functions of strings (unsafe-eval), and styles stand in attributes (unsafe-inline).
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'{hashes}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
    "frame-src 'none'; frame-ancestors 'self'; base-uri 'self'; form-action 'none'"
)
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class AccessError(ReportQAError):
    """The server would be open to others without a password, or the password file is wrong."""


def read_passwords(path: Path) -> dict[str, bytes]:
    """Read an htpasswd file with bcrypt hashes, one `name:hash` a line.

    Raises:
        AccessError: the file cannot be read, is empty, or holds anything else.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AccessError(f"读不了密码文件 {path}：{error}") from error
    passwords: dict[str, bytes] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, hashed = line.strip().partition(":")
        if not name or not hashed.startswith(("$2a$", "$2b$", "$2y$")) or len(hashed) != 60:
            raise AccessError(
                f"{path} 第{number}行应当是“用户名:bcrypt 散列”。可以这样生成：htpasswd -nB 用户名"
            )
        passwords[name] = hashed.encode()
    if not passwords:
        raise AccessError(f"{path} 里没有用户。可以这样加一个：htpasswd -nB 用户名 >> {path}")
    return passwords


class PasswordGate:
    """Lets requests pass that carry a name and its password; `/healthz` is open.

    Browsers send them by HTTP Basic authentication, programs that way or as the
    bearer token `name:password` (an API key, to them).
    """

    def __init__(self, app: ASGIApp, passwords: Mapping[str, bytes]) -> None:
        self._app = app
        self._passwords = passwords
        # bcrypt is slow on purpose, and a page makes dozens of requests.
        self._admitted: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 unless the request may pass."""
        if scope["type"] == "lifespan" or _path(scope) in _OPEN_PATHS:
            return await self._app(scope, receive, send)
        header = Headers(scope=scope).get("authorization", "")
        if await run_in_threadpool(self._admits, header):
            return await self._app(scope, receive, send)
        refusal = PlainTextResponse(
            "请登录。Please log in.", 401, {"WWW-Authenticate": 'Basic realm="report-qa"'}
        )
        return await refusal(scope, receive, send)

    def _admits(self, header: str) -> bool:
        digest = hashlib.sha256(header.encode()).digest()
        if digest in self._admitted:
            return True
        name, password = _credentials(header)
        hashed = self._passwords.get(name)
        # bcrypt reads 72 bytes and refuses more, as it does a NUL.
        if hashed is None or b"\0" in password or not bcrypt.checkpw(password[:72], hashed):
            return False
        self._admitted.add(digest)
        return True


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _credentials(header: str) -> tuple[str, bytes]:
    scheme, _, written = header.partition(" ")
    token = written.encode("latin-1")  # as Starlette decoded it
    if scheme.lower() == "basic":
        try:
            token = base64.b64decode(token, validate=True)
        except binascii.Error:
            return "", b""
    name, _, password = token.partition(b":")
    return name.decode("utf-8", "replace"), password


class NoUploads:
    """Takes no file: Gradio's own route would, whether the page has a place for one or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 to what would upload a file."""
        if scope["type"] == "http" and _path(scope).endswith("/gradio_api/upload"):
            refusal = PlainTextResponse("这里不接受上传。Uploads are switched off.", 403)
            return await refusal(scope, receive, send)
        return await self._app(scope, receive, send)


class SafeHeaders:
    """Adds the security headers to each response; a page is held back until it is whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the response with the headers."""
        held: list[Message] = []

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                if headers.get("content-type", "").startswith("text/html"):
                    held.append(message)
                    return
                headers["Content-Security-Policy"] = _POLICY.format(hashes="")
            elif held:
                held.append(message)
                if message.get("more_body"):
                    return
                await _send_page(held, send)
                return
            await send(message)

        await self._app(scope, receive, with_headers)


async def _send_page(held: list[Message], send: Send) -> None:
    """Send a page with the hashes of its scripts in its headers."""
    start, *rest = held
    page = b"".join(message.get("body", b"") for message in rest)
    hashes = "".join(
        f" 'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
        for script in _INLINE_SCRIPT.findall(page)
    )
    MutableHeaders(scope=start)["Content-Security-Policy"] = _POLICY.format(hashes=hashes)
    for message in held:
        await send(message)
