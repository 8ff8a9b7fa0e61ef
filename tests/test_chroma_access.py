"""A Chroma server behind a proxy that speaks TLS and asks for credentials, as in the field."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.fleet import ChromaProcess
from vectorstore.embedding import Embedder
from vectorstore.errors import StoreUnavailable
from vectorstore.outline import build_report
from vectorstore.server import ChromaServer
from vectorstore.shared import SharedIndex
from vectorstore.store import PassageStore

_REPORT = build_report("甲市政府工作报告\n种树3万棵。\n", report_id="甲市", filename="甲市.txt")
_LET_IN = {
    ("Authorization", "Bearer t0ken"),
    ("X-Chroma-Token", "t0ken"),
    ("Authorization", "Basic YW5uOnNlY3JldA=="),  # base64 of ann:secret
}


def _handler(chroma: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Lets requests with the right header through to Chroma."""

        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if not any(self.headers.get(name) == value for name, value in _LET_IN):
                self._reply(401, b'{"error": "unauthorized"}')
                return
            request = urllib.request.Request(
                chroma + self.path,
                body or None,
                {"Content-Type": "application/json"},
                method=self.command,
            )
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    self._reply(answer.status, answer.read())
            except urllib.error.HTTPError as error:
                self._reply(error.code, error.read())

        do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = _pass

        def _reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody but itself has signed, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=chroma", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", "key.pem", "-out", "certificate.pem"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return folder / "certificate.pem"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, certificate: Path) -> Iterator[ChromaServer]:
    """The proxy's address and certificate, without credentials."""
    folder = tmp_path_factory.mktemp("server") / "chroma"
    folder.mkdir()
    chroma = ChromaProcess(folder)
    chroma.start()
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), _handler(chroma.url))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    proxy.socket = context.wrap_socket(proxy.socket, server_side=True)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    yield ChromaServer.parse(f"https://127.0.0.1:{proxy.server_port}", authority=certificate)
    proxy.shutdown()
    chroma.stop()


@pytest.mark.parametrize(
    "credentials",
    [{"token": "t0ken"}, {"token": "t0ken", "token_header": "X-Chroma-Token"},
     {"user": "ann", "password": "secret"}],
)  # fmt: skip
def test_token_and_basic_credentials_let_us_in(
    server: ChromaServer, credentials: dict[str, str], tmp_path: Path, embedder: Embedder
) -> None:
    allowed = replace(server, **credentials)  # type: ignore[arg-type]
    PassageStore.open(SharedIndex(allowed, tmp_path), embedder).add([_REPORT])
    again = PassageStore.open(SharedIndex(allowed, tmp_path), embedder)
    assert list(again.reports) == [_REPORT]
    assert len(again.dense(embedder.embed_queries(["种树"])[0], 5)) == 2


@pytest.mark.parametrize("credentials", [{}, {"token": "wrong"}, {"user": "ann", "password": "x"}])
def test_who_is_refused_is_told_what_to_check(
    server: ChromaServer, credentials: dict[str, str], tmp_path: Path, embedder: Embedder
) -> None:
    refused = replace(server, **credentials)  # type: ignore[arg-type]
    with pytest.raises(StoreUnavailable, match=r"拒绝了访问（401）.*REPORT_QA_CHROMA_TOKEN"):
        PassageStore.open(SharedIndex(refused, tmp_path), embedder)


def test_a_certificate_that_nobody_knows_is_told(
    server: ChromaServer, tmp_path: Path, embedder: Embedder
) -> None:
    unknown = replace(server, authority=None, token="t0ken")
    with pytest.raises(StoreUnavailable, match=r"证书不受信任.*REPORT_QA_CHROMA_CA"):
        PassageStore.open(SharedIndex(unknown, tmp_path), embedder)


def test_the_command_line_takes_credentials_from_the_environment(
    server: ChromaServer, tmp_path: Path
) -> None:
    source = tmp_path / "2031年乙县.txt"
    source.write_text("乙县政府工作报告\n一、2030年工作回顾\n种树5万棵。\n", "utf-8")
    secrets = {
        "REPORT_QA_DATA_DIR": str(tmp_path),
        "REPORT_QA_CHROMA": server.url,
        "REPORT_QA_CHROMA_CA": str(server.authority),
        "REPORT_QA_CHROMA_TOKEN": "t0ken",
    }
    for verb, said in (
        (["index", str(source)], f"索引在 {server.url}"),
        (["search", "种树"], "5万棵"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "qa.cli", *verb],
            env={**os.environ, **secrets},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert said in done.stdout
        assert "t0ken" not in done.stdout + done.stderr
