"""The words of refusals: ours, and an operator's in their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa import ReportQA
from qa.answer import Reason
from qa.refusal_words import RefusalWords, WordingError
from qa.settings import Settings


def test_both_languages_have_words_for_every_reason() -> None:
    words = RefusalWords.open(None)
    assert set(words.chinese) == set(words.english) == set(Reason)


def test_a_file_changes_what_it_names_and_leaves_the_rest(data_dir: Path, tmp_path: Path) -> None:
    own = tmp_path / "refusals.toml"
    own.write_text(
        '[chinese]\nother_period = "那一年的数据请查年鉴。"\n[english]\noff_topic = "Ask 12345."\n',
        "utf-8",
    )
    qa = ReportQA.open(settings=Settings(data_dir=data_dir, model="", refusals=own))
    refused = qa.ask("2025年重庆地区生产总值增长多少?")
    assert refused.text.startswith("那一年的数据请查年鉴。最接近的是：")
    assert refused.abstention is not None
    assert refused.abstention.reason is Reason.OTHER_PERIOD
    assert refused.citations
    assert qa.ask("?").text == RefusalWords.open(None).of(Reason.EMPTY, english=False)
    assert RefusalWords.open(own).of(Reason.OFF_TOPIC, english=True) == "Ask 12345."


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('[chinese]\ndont_know = "x"\n', "chinese.dont_know"),
        ('[chinese]\noff_topic = ""\n', "chinese.off_topic"),
        ('[french]\noff_topic = "x"\n', "french"),
        ("off_topic\n", "读不了"),
        (None, "读不了"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(
    tmp_path: Path, content: str | None, told: str
) -> None:
    own = tmp_path / "refusals.toml"
    if content is not None:
        own.write_text(content, "utf-8")
    with pytest.raises(WordingError, match=told):
        RefusalWords.open(own)
