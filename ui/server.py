"""The web server: the page in two languages, mounted on one FastAPI application."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from mcp.server import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette

from qa import ReportQA
from ui import api, docs, mcp_server
from ui import app as pages  # before gradio: it tells Gradio not to report usage
from ui.access import AccessError, NoUploads, PasswordGate, SafeHeaders, read_passwords
from ui.dialogue import Dialogue
from ui.feedback import FeedbackLog
from ui.limits import Limits
from ui.texts_en import ENGLISH
from ui.texts_zh import CHINESE
from ui.upload import MOST_MEGABYTES, Uploads
from vectorstore.errors import StoreError

# isort: split
import gradio as gr

_FORGOTTEN = Uploads()
# Dictionaries and the model are loaded by the first question: not by a visitor's.
_WARM_UP = "2019年地区生产总值增长多少？"


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve.

    `root_path` is the path under which a reverse proxy shows the server, and which it
    strips. Without `passwords` only this machine is served, unless `public`. `feedback` is the file
    for votes and unanswered questions, `None` to write nothing. `per_minute` and
    `at_once` limit the questions of one visitor.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    root_path: str = ""
    passwords: Path | None = None
    public: bool = False
    feedback: Path | None = None
    uploads: Uploads = _FORGOTTEN
    per_minute: int = 30
    at_once: int = 4

    @property
    def open_to_others(self) -> bool:
        """Whether others than this machine are meant to reach it, be it through a proxy."""
        return self.public or self.passwords is not None or bool(self.root_path)


def application(qa: ReportQA, serving: Serving) -> FastAPI:
    """Return the application that serves these reports.

    Raises:
        AccessError: others could reach it, and neither password nor consent is there.
    """
    passwords = read_passwords(serving.passwords) if serving.passwords else None
    if passwords is None and not serving.public and not _is_loopback(serving.host):
        raise AccessError(
            f"{serving.host} 会让别的机器也能访问。请用 --auth-file 设置密码，"
            "或用 --public 说明谁都可以访问。"
        )
    limits = Limits(serving.per_minute, serving.at_once)
    tools = mcp_server.server(qa, limits.place)
    over_http = _over_http(tools, serving)
    server = FastAPI(
        title="report-qa", docs_url=None, redoc_url=None, lifespan=over_http.router.lifespan_context
    )

    @server.get("/healthz", summary="Tell whether the server is well")
    def health() -> JSONResponse:
        if qa.trouble:
            return JSONResponse({"status": "unavailable", "reason": qa.trouble}, 503)
        return JSONResponse({"status": "ok", "reports": len(qa.reports)})

    @server.exception_handler(StoreError)
    def unavailable(request: Request, error: Exception) -> JSONResponse:
        return api.refusal(503, str(error), "unavailable")

    @server.get("/docs", include_in_schema=False)
    def describe() -> HTMLResponse:
        return HTMLResponse(docs.page(server.openapi()))

    server.include_router(api.router(qa, limits))
    server.router.routes.extend(over_http.routes)
    server.mount("/page", StaticFiles(directory=pages.BROWSER))
    _mount_pages(server, qa, serving, limits)
    if not serving.uploads.taken:
        server.add_middleware(NoUploads)
    if passwords is not None:
        server.add_middleware(PasswordGate, passwords=passwords)
    server.add_middleware(SafeHeaders)
    return server


def _mount_pages(server: FastAPI, qa: ReportQA, serving: Serving, limits: Limits) -> None:
    feedback = FeedbackLog(serving.feedback) if serving.feedback else None
    # The longer path first: «/» would take all.
    for path, texts in (("/en", ENGLISH), ("/", CHINESE)):
        dialogue = Dialogue(texts, limits, feedback)
        page = pages.Page(qa, texts, dialogue, serving.uploads).build()
        gr.mount_gradio_app(
            server,
            page.queue(default_concurrency_limit=None),  # `Limits` counts, for every way in
            path=path,
            footer_links=[],
            run_history=False,
            enable_monitoring=False,
            show_error=False,
            max_file_size=f"{MOST_MEGABYTES}mb",
            theme=pages.theme(),
            head=pages.head(texts),
        )


def _over_http(tools: MCPServer, serving: Serving) -> Starlette:
    """Return the tools at `/mcp`; a server for this machine alone heeds no foreign host name.

    Else any website could, by a name that resolves to this machine, have a visitor's
    browser use the tools.
    """
    guard = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    return tools.streamable_http_app(
        stateless_http=True,
        json_response=True,
        host=serving.host,
        transport_security=guard if serving.open_to_others else None,
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def serve(qa: ReportQA, serving: Serving) -> None:
    """Serve until interrupted.

    Raises:
        AccessError: see `application`.
    """
    server = application(qa, serving)
    Thread(target=qa.ask, args=(_WARM_UP,), daemon=True).start()
    host = f"[{serving.host}]" if ":" in serving.host else serving.host
    print(f"http://{host}:{serving.port}{serving.root_path}/", flush=True)
    uvicorn.run(
        server,
        host=serving.host,
        port=serving.port,
        root_path=serving.root_path,
        log_level="warning",
    )
