"""The server without a browser: who may use it, what it tells, and how fast it may be asked."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from threading import Event

import bcrypt
import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Route, expect

from qa import Answer, Citation, ReportQA, Turn
from qa.answer import Drafted
from qa.service import AnswerStream
from qa.settings import Settings
from tests.serving import WHITE, ask, chromium, running, write_reports
from ui.access import AccessError, read_passwords
from ui.server import Serving, application
from ui.upload import Uploads


@pytest.fixture(scope="module")
def qa(tmp_path_factory: pytest.TempPathFactory) -> ReportQA:
    folder = tmp_path_factory.mktemp("server")
    return ReportQA.open(
        write_reports(folder / "reports"), settings=Settings(data_dir=folder / "data")
    )


@pytest.fixture(scope="module")
def passwords(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("passwords") / "users"
    hashed = bcrypt.hashpw("秘密".encode(), bcrypt.gensalt(4)).decode()
    file.write_text(f"# who\nana:{hashed}\n", "utf-8")
    return file


@pytest.fixture(scope="module")
def http(qa: ReportQA) -> Iterator[TestClient]:
    with TestClient(application(qa, Serving())) as client:
        yield client


@pytest.fixture(scope="module")
def guarded(qa: ReportQA, passwords: Path) -> Iterator[TestClient]:
    with TestClient(application(qa, Serving(host="0.0.0.0", passwords=passwords))) as client:
        yield client


def _basic(name: str, password: str) -> dict[str, str]:
    token = base64.b64encode(f"{name}:{password}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "reports.example"])
def test_others_are_served_only_with_a_password_or_by_consent(qa: ReportQA, host: str) -> None:
    with pytest.raises(AccessError, match="--auth-file"):
        application(qa, Serving(host=host))
    application(qa, Serving(host=host, public=True))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_needs_neither(qa: ReportQA, host: str) -> None:
    application(qa, Serving(host=host))


@pytest.mark.parametrize("path", ["/", "/en/", "/config", "/gradio_api/info", "/v1/models"])
def test_without_the_password_nothing_is_shown(guarded: TestClient, path: str) -> None:
    assert guarded.get(path).status_code == 401
    assert guarded.get(path, headers=_basic("ana", "falsch")).status_code == 401
    assert guarded.get(path, headers=_basic("bob", "秘密")).status_code == 401
    assert guarded.get(path, headers={"Authorization": "Basic ?"}).status_code == 401


def test_with_the_password_the_page_is_shown(guarded: TestClient) -> None:
    assert guarded.get("/", headers=_basic("ana", "秘密")).status_code == 200
    token = {"Authorization": "Bearer ana:秘密".encode()}
    assert guarded.get("/", headers=token).status_code == 200


def test_the_health_route_is_open_and_every_response_has_safe_headers(guarded: TestClient) -> None:
    response = guarded.get("/healthz")
    assert response.json() == {"status": "ok", "reports": 2}
    assert "default-src 'self'" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'self'" in guarded.get("/").headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/en/", "/docs", "/v1/models", "/page/page.js"])
def test_no_script_runs_but_files_of_the_server_and_what_its_pages_hold(
    http: TestClient, path: str
) -> None:
    response = http.get(path)
    policy = response.headers["content-security-policy"]
    (scripts,) = re.findall("script-src ([^;]*);", policy)
    inline = re.findall("<script(?![^>]* src=)[^>]*>(.*?)</script>", response.text, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in inline]
    assert scripts.split() == ["'self'", "'unsafe-eval'", *(f"'sha256-{h}'" for h in hashes)]
    assert len(hashes) >= 3 * path.endswith("/")
    assert {"object-src 'none'", "base-uri 'self'", "form-action 'none'"} <= set(policy.split("; "))


@pytest.mark.parametrize(("uploads", "status"), [(True, 200), (False, 403)])
def test_no_file_is_taken_where_uploads_are_switched_off(
    qa: ReportQA, uploads: bool, status: int
) -> None:
    with TestClient(application(qa, Serving(uploads=Uploads(taken=uploads)))) as client:
        for path in ("/gradio_api/upload", "/en/gradio_api/upload"):
            sent = client.post(path, files={"files": ("a.txt", b"x")})
            assert sent.status_code == status
        assert ("我的报告" in client.get("/config").text) is uploads


@pytest.mark.parametrize(("folder", "told"), [(None, "离开页面后即删除"), (Path("x"), "会留存")])
def test_visitors_are_told_whether_their_report_is_kept(
    qa: ReportQA, folder: Path | None, told: str
) -> None:
    with TestClient(application(qa, Serving(uploads=Uploads(kept=folder)))) as client:
        assert told in client.get("/config").text


@pytest.mark.parametrize(
    ("content", "told"),
    [("", "没有用户"), ("ana:geheim\n", "第1行"), ("# x\n\nana\n", "第3行")],
)
def test_a_wrong_password_file_is_named_with_its_line(
    tmp_path: Path, content: str, told: str
) -> None:
    file = tmp_path / "users"
    file.write_text(content, "utf-8")
    with pytest.raises(AccessError, match=told):
        read_passwords(file)


def test_the_page_works_under_the_path_of_a_proxy(qa: ReportQA) -> None:
    def strip(route: Route) -> None:
        route.continue_(url=route.request.url.replace("/reports/", "/", 1))

    with running(qa, "/reports") as address, chromium() as browser:
        page = browser.new_page()
        page.route("**/reports/**", strip)
        page.goto(address)
        page.locator(".rq-chat").wait_for(timeout=30_000)
        expect(ask(page, "白石大桥全长多少米?")).to_contain_text("1250米")
        page.get_by_role("link", name="English").click()
        expect(page.locator(".rq-log")).to_contain_text("1250米", timeout=30_000)
        assert page.url == f"{address}en/"


class Pondering(ReportQA):
    """Writes a draft, and checks it once it is told to go on."""

    go_on = Event()

    def stream(
        self, question: str, history: Sequence[Turn] = (), *, here: str | None = None
    ) -> AnswerStream:
        return AnswerStream(self._pondered(question, history, here))

    def _pondered(
        self, question: str, history: Sequence[Turn], here: str | None
    ) -> Generator[Drafted, None, Answer]:
        passage = next(report for report in self.reports if report.id == WHITE).passage(3)
        assert passage is not None
        yield (Citation(1, passage, passage.sentences[0]),)
        yield "大桥长一万米[1]，有八车道[2]。"
        assert self.go_on.wait(timeout=30)
        return super().stream(question, history, here=here).result


def test_an_answer_is_a_draft_until_it_is_checked_and_can_be_stopped(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("slow")
    slow = Pondering.open(
        write_reports(folder / "reports"), settings=Settings(data_dir=folder / "data")
    )
    with running(slow) as address, chromium() as browser:
        page = browser.new_page()
        page.goto(address)
        page.locator(".rq-chat").wait_for(timeout=30_000)
        page.locator(".rq-composer textarea").first.fill("白石大桥全长多少米?")
        page.locator("#send").click()
        expect(page.locator(".rq-draft .rq-mark")).to_have_text("草稿，正在核对")
        expect(page.locator(".rq-draft .rq-text")).to_have_text("大桥长一万米[1]，有八车道[2]。")
        expect(page.locator(".rq-draft .rq-cite")).to_have_text("[1]")  # what is known of it
        page.locator(".rq-draft .rq-cite").click()
        expect(page.locator("#proof mark")).to_contain_text("全长1250米")
        expect(page.locator("#send")).to_be_hidden()
        page.locator("#stop").click()
        expect(page.locator(".rq-welcome")).to_be_visible()
        slow.go_on.set()
        turn = ask(page, "白石大桥全长多少米?")
        expect(turn.locator(".rq-mark")).to_have_text("✓ 已核对")
        expect(turn.locator(".rq-text")).to_contain_text("1250米[1]")
        expect(turn).not_to_contain_text("一万米")
        expect(page.locator(".rq-log > li")).to_have_count(1)
