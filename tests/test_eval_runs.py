"""Runs on a small report with the real embedder: kept, resumed, scored again, compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from eval.cases import VERSION, Case, Evidence, Message
from eval.explain import reasons
from eval.measures import MEASURES
from eval.predictions import Prediction, Provenance, Run, RunError, Source, read_run, write_run
from eval.provenance import provenance_of
from eval.run import run_cases
from eval.scoring import gold_of, score_run
from eval.suites import Suite
from eval.systems import NAMES, WITH_MODEL, model_for, prompt_versions, systems_for
from eval.text_report import render
from eval.totals import abstention_f1, cost, curve, latency
from qa.answer import Answer
from qa.conversation import Turn
from qa.local_model import ModelError
from qa.settings import Settings
from vectorstore.embedding import Embedder, open_embedder
from vectorstore.outline import build_report
from vectorstore.report import Report

from .endpoint import endpoint

TEXT = """2031年青禾市政府工作报告
一、2030年工作回顾
去年，地区生产总值增长5.5%，达到2300亿元。建成公园12座，新增就业3.2万人。
二、2031年工作安排
今年，地区生产总值预期增长6%左右。计划建成公园15座。"""


def _case(id_: str, question: str, answer: str = "", quote: str = "", **more: object) -> Case:
    evidence = (Evidence(report="青禾", quote=quote),) if quote else ()
    answers = (answer,) if answer else ()
    return Case.model_validate(
        {"id": id_, "kind": "figure", "question": question, "answerable": bool(answer),
         "answers": answers, "evidence": evidence, **more}
    )  # fmt: skip


CASES = (
    _case("park", "2030年建成公园多少座?", "12座", "建成公园12座", forbidden=("15座",)),
    _case("jobs", "去年新增就业多少人?", "3.2万人", "新增就业3.2万人"),
    _case("metro", "火星基地有多少人?", quote="新增就业3.2万人", near_miss="not there"),
    _case(
        "then", "那今年呢?", "15座", "计划建成公园15座",
        history=(Message(role="user", content="2030年建成公园多少座?"),
                 Message(role="assistant", content="建成公园12座。")),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def report() -> Report:
    return build_report(TEXT, report_id="青禾", filename="青禾.txt")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return open_embedder()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("benchmark")


def _suite(report: Report) -> Suite:
    return Suite("benchmark", VERSION, CASES, (report,))


@pytest.fixture
def provenance(report: Report, folder: Path) -> Provenance:
    return provenance_of("extractive", "dev", _suite(report), Settings(data_dir=folder))


class Fallible:
    """A system that crashes on what it is told to, and counts what it is asked."""

    def __init__(self, system: object, crash_on: str = "") -> None:
        self.system, self.crash_on, self.asked = system, crash_on, 0

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        self.asked += 1
        if question == self.crash_on:
            raise RuntimeError("out of order")
        return self.system.ask(question, history)  # type: ignore[attr-defined]


def test_every_system_answers_a_plain_question(
    report: Report, embedder: Embedder, folder: Path, provenance: Provenance, tmp_path: Path
) -> None:
    for name in set(NAMES) - set(WITH_MODEL):
        system_for = systems_for(name, [report], embedder, folder)
        done = run_cases(CASES, system_for, embedder, provenance, tmp_path / name)
        _, jobs, nowhere, _ = score_run(done, CASES, [report])
        assert jobs.score.right, name
        assert jobs.score.cited, name
        assert jobs.dangling == 0
        assert jobs.prediction.hits[0].number == 1
        assert jobs.prediction.seconds > 0
        # The baselines answer whatever shares a word with the report.
        assert nowhere.score.abstained == (name == "extractive"), name


def _asked_of_model(
    name: str, says: str, report: Report, embedder: Embedder, folder: Path, output: Path
) -> tuple[Run, str]:
    """Run the cases on a system with a scripted model; return the run and the first prompt."""
    with endpoint() as told:
        told.says(says)
        settings = Settings(
            data_dir=folder, model="scripted", openai_base_url=told.url, answer_cache=False
        )
        model = model_for(name, settings)
        system_for = systems_for(name, [report], embedder, folder, model)
        provenance = provenance_of(name, "dev", _suite(report), settings, model)
        done = run_cases(CASES, system_for, embedder, provenance, output)
        return done, told.prompt


def test_a_model_in_our_pipeline_is_recorded_with_what_it_took(
    report: Report, embedder: Embedder, folder: Path, tmp_path: Path
) -> None:
    says = "2030年建成公园12座[1]。"
    done, prompt = _asked_of_model("llm", says, report, embedder, folder, tmp_path / "llm")
    assert "建成公园12座" in prompt
    assert done.provenance.model == "scripted"
    assert done.provenance.prompts == prompt_versions("llm")
    park = done.predictions[0]
    assert park.text == says
    assert park.generation is not None
    assert (park.generation.tokens_in, park.generation.tokens_out) == (321, 12)
    assert park.generation.first_token > 0
    took = cost(done.predictions)
    assert took is not None
    scored = score_run(done, CASES, [report])
    assert scored[0].score.trusted
    assert "model scripted, prompts answer-" in render(done.provenance, scored)
    # It says the same of the jobs, which does not hold: ours stands in, with a note.
    assert done.predictions[1].note
    assert took.own_words == pytest.approx(1 / took.n)


def test_the_tutorial_with_a_model_hands_it_four_chunks_and_the_conversation(
    report: Report, embedder: Embedder, folder: Path, tmp_path: Path
) -> None:
    name = "langchain-tutorial-llm"
    done, prompt = _asked_of_model(name, "12座。", report, embedder, folder, tmp_path / "t")
    assert prompt == CASES[0].question
    park, _, metro, _ = score_run(done, CASES, [report])
    assert park.score.trusted  # its sources hold the evidence
    assert not metro.score.abstained
    assert done.provenance.prompts == prompt_versions(name)
    refused, _ = _asked_of_model(
        name, "不知道。资料说的是就业。", report, embedder, folder, tmp_path / "refused"
    )
    assert [p.abstained for p in refused.predictions] == [True] * 4
    assert refused.predictions[0].generation is not None


@pytest.mark.parametrize("name", WITH_MODEL)
def test_replies_from_the_cache_tell_no_time(
    name: str, report: Report, embedder: Embedder, folder: Path, tmp_path: Path
) -> None:
    says = "2030年建成公园12座[1]。"
    kept = tmp_path / "kept"
    with endpoint() as told:
        told.says(says)
        settings = Settings(data_dir=kept, model="scripted", openai_base_url=told.url)
        model = model_for(name, settings)
        system_for = systems_for(name, [report], embedder, folder, model)
        provenance = provenance_of(name, "dev", _suite(report), settings, model)
        first, again = (
            run_cases(CASES[:1], system_for, embedder, provenance, tmp_path / output)
            for output in ("first", "again")
        )
    assert latency(first.predictions) is not None
    assert again.predictions[0].text == first.predictions[0].text
    assert again.predictions[0].generation is not None
    assert again.predictions[0].generation.cached == 1
    assert latency(again.predictions) is None
    took = cost(again.predictions)
    assert took is not None
    assert (took.n, took.calls, took.first_token) == (1, 0, 0)


def test_a_system_with_a_model_needs_one_that_is_set(folder: Path) -> None:
    for name in WITH_MODEL:
        with pytest.raises(ModelError, match="REPORT_QA_MODEL"):
            model_for(name, Settings(data_dir=folder, model=""))
    assert model_for("extractive", Settings(data_dir=folder, model="x")) is None


def test_a_killed_run_is_completed_and_asks_only_what_is_missing(
    report: Report, embedder: Embedder, folder: Path, provenance: Provenance, tmp_path: Path
) -> None:
    path = tmp_path / "run.jsonl"
    system = Fallible(systems_for("extractive", [report], embedder, folder)(CASES[0]))
    whole = run_cases(CASES, lambda case: system, embedder, provenance, path)
    assert [p.id for p in whole.predictions] == [case.id for case in CASES]
    content = path.read_bytes()
    cut = content.rindex("座".encode()) + 1  # in the middle of a character of the last line
    path.write_bytes(content[:cut])
    assert len(read_run(path).predictions) == 3
    steps: list[tuple[int, int]] = []
    again = run_cases(
        CASES, lambda case: system, embedder, provenance, path, lambda *s: steps.append(s)
    )
    assert system.asked == len(CASES) + 1
    assert steps == [(4, 4)]
    assert [(p.id, p.text) for p in again.predictions] == [
        (p.id, p.text) for p in whole.predictions
    ]


def test_a_damaged_line_before_the_last_is_named(provenance: Provenance, tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    write_run(path, Run(provenance, (Prediction("a"), Prediction("b"))))
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([lines[0], "{", lines[2]]), "utf-8")
    with pytest.raises(RunError, match="line 2"):
        read_run(path)


def test_a_run_survives_writing_and_reading(
    report: Report, embedder: Embedder, folder: Path, provenance: Provenance, tmp_path: Path
) -> None:
    path = tmp_path / "run.jsonl"
    system_for = systems_for("extractive", [report], embedder, folder)
    done = run_cases(CASES[:1], system_for, embedder, provenance, path)
    odd = replace(done.predictions[0], text="分行\u2028\u0085<b>\n")
    write_run(path, Run(provenance, (odd,)))
    assert read_run(path) == Run(provenance, (odd,))


def test_a_crash_is_a_failed_case_and_not_the_end(
    report: Report, embedder: Embedder, folder: Path, provenance: Provenance, tmp_path: Path
) -> None:
    inner = systems_for("extractive", [report], embedder, folder)(CASES[0])
    system = Fallible(inner, crash_on=CASES[2].question)
    done = run_cases(CASES, lambda case: system, embedder, provenance, tmp_path / "run.jsonl")
    scored = score_run(done, CASES, [report])
    assert len(scored) == 4
    assert scored[2].prediction.error == "RuntimeError: out of order"
    assert not scored[2].score.trusted  # a crash is no abstention
    assert "out of order" in render(provenance, scored)


def test_another_system_or_benchmark_is_not_mixed_in(
    embedder: Embedder, provenance: Provenance, tmp_path: Path
) -> None:
    path = tmp_path / "run.jsonl"
    write_run(path, Run(provenance, ()))
    for change in ({"system": "bm25"}, {"benchmark": "0"}, {"reports": (("青禾", "0"),)}):
        with pytest.raises(RunError, match=next(iter(change))):
            run_cases((), lambda case: 1 / 0, embedder, replace(provenance, **change), path)
    path.write_text("question,answer\n", "utf-8")
    with pytest.raises(RunError, match="not a run file"):
        run_cases((), lambda case: 1 / 0, embedder, provenance, path)


def test_what_a_run_lacks_counts_as_failed(report: Report, provenance: Provenance) -> None:
    scored = score_run(Run(provenance, ()), CASES, [report])
    assert len(scored) == 4
    assert not any(each.score.trusted for each in scored)
    with pytest.raises(RunError, match=VERSION):
        score_run(Run(replace(provenance, benchmark="0"), ()), CASES, [report])
    with pytest.raises(RunError, match="then"):
        score_run(Run(provenance, ()), CASES[:3], [report])


def test_the_provenance_tells_the_run_and_not_the_machine_s_paths(
    report: Report, provenance: Provenance, folder: Path
) -> None:
    assert provenance.cases == ("park", "jobs", "metro", "then")
    assert dict(provenance.settings)["embedding_model"] == provenance.embedding_model
    assert str(folder) not in str(provenance)
    changed = build_report(TEXT + "\n谢谢。", report_id="青禾", filename="青禾.txt")
    other = provenance_of("extractive", "dev", _suite(changed), Settings(data_dir=folder))
    assert other.reports != provenance.reports


def test_measures_count_only_the_cases_that_they_speak_of(
    report: Report, provenance: Provenance
) -> None:
    text = report.passages[2].text
    spans = [span.of(text) for span in report.passages[2].sentences]
    far = Source(1, "青禾", 3, spans[0], 0, len(spans[0]))
    made = (
        # the right paragraph and the wrong sentence of it, with the evidence at rank 2
        Prediction("park", "12座[1]", citations=(far,), hits=(replace(far, number=2),)),
        Prediction("jobs", "没有说。", abstained=True, citations=(far,)),
        Prediction("metro", "没有说。", abstained=True),
        Prediction("then", "没有说。", abstained=True),
    )
    scored = score_run(Run(provenance, made), CASES, [report])
    found = {measure.name: measure.estimate(scored) for measure in MEASURES.all}
    means = {name: (each.mean, each.n) for name, each in found.items() if each is not None}
    assert means["trusted"] == (2 / 4, 4)
    assert means["abstained on unanswerable"] == (1.0, 1)
    assert means["false abstentions"] == (2 / 3, 3)
    assert means["abstention precision"] == (1 / 3, 3)
    assert abstention_f1(scored) == pytest.approx(2 * (1 / 3) * 1 / (1 / 3 + 1))
    assert means["paragraph precision"] == (1.0, 1)  # an abstention cites nothing
    assert means["paragraph recall"] == (1 / 3, 3)
    assert means["sentence precision"] == (0.0, 1)
    assert means["evidence in hit 1"] == (0.0, 3)
    assert means["evidence in 5 hits"] == (1 / 3, 3)
    assert means["MRR@10"] == (1 / 2 / 3, 3)
    assert "list recall" not in means  # no case asks for a list
    assert curve(scored)[-1].coverage == 1 / 4


def test_reasons_name_what_is_wrong_and_where_the_evidence_is(
    report: Report, provenance: Provenance
) -> None:
    plan = report.passages[4]
    cited = Source(1, "青禾", 5, plan.text, 0, len(plan.text))
    made = (
        Prediction("park", "建成15座[1]", citations=(cited,), hits=(cited,)),
        Prediction("jobs", "没有说。", abstained=True, reason="not_mentioned"),
        Prediction("metro", "有15座[2]", citations=(cited,)),
        Prediction("then", "15座[1]", citations=(cited,)),
    )
    park, jobs, metro, then = (
        list(reasons(each)) for each in score_run(Run(provenance, made), CASES, [report])
    )
    assert park == [
        "states none of the accepted answers",
        "states what it must not: 15座",
        "cites ¶5, not ¶3",
        "evidence in the search results: not found",
    ]
    assert jobs[0] == "abstained (not_mentioned), though the report says"
    assert metro == [
        "answered, though the report does not say",
        "1 citations or markers point nowhere",
    ]
    assert then == []


def test_a_quote_that_is_repeated_may_be_cited_at_any_place() -> None:
    twice = build_report("标题\n公园12座。还是公园12座。", report_id="青禾", filename="青禾.txt")
    case = _case("park", "?", "12座", "公园12座")
    (places,) = gold_of(case, {"青禾": twice}).evidence
    assert {place.start for place in places} == {0, 8}


def test_a_case_asks_the_report_of_its_evidence_alone(
    report: Report, embedder: Embedder, folder: Path
) -> None:
    other = build_report(
        TEXT.replace("青禾", "白石").replace("12座", "7座"), report_id="白石", filename="白石.txt"
    )
    system_for = systems_for("extractive", [report, other], embedder, folder)
    moved = (Evidence(report="白石", quote="建成公园7座"),)
    here, there = CASES[0], CASES[0].model_copy(update={"evidence": moved})
    assert "12座" in system_for(here).ask(here.question).text
    assert "7座" in system_for(there).ask(there.question).text
    assert system_for(CASES[2]) is system_for(here)
    together = here.model_copy(update={"reports": ("青禾", "白石")})
    for case in (here, there):
        both = case.model_copy(update={"reports": ("青禾", "白石")})
        assert system_for(both) is system_for(together)
    ranked = systems_for("bm25", [report, other], embedder, folder)(together)
    assert {hit.passage.report_id for hit in ranked.ask("公园", ()).hits} == {
        "青禾", "白石",
    }  # fmt: skip
