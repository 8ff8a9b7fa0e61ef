"""BM25 over Chinese: its terms, its ranking, and its files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vectorstore.errors import StoreError
from vectorstore.lexical import LexicalIndex, tokens

_TEXTS = [
    "城镇新增就业75万人",
    "城镇调查失业率5.5%左右",
    "开通5G基站1万个",
    "就业优先,就业稳定",
    "",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("稳就业", ["稳", "就", "业", "稳就", "就业"]),
        ("增长6.3%、", ["增", "长", "增长", "6.3%"]),
        ("5G和GDP", ["5", "g", "和", "gdp"]),
        ("ＧＤＰ增６．３％", ["gdp", "增", "6.3%"]),
        ("一、二", ["一", "二"]),
        ("，。——", []),
        ("", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_the_text_with_the_words_scores_highest() -> None:
    index = LexicalIndex.build(_TEXTS)
    assert len(index) == 5
    scores = index.scores("就业优先")
    assert scores.shape == (5,)
    assert int(scores.argmax()) == 3
    assert scores[0] > scores[1] > 0  # «就业», only «业»
    assert scores[2] == scores[4] == 0


def test_words_that_no_text_holds_score_nothing() -> None:
    assert not LexicalIndex.build(_TEXTS).scores("zebra 囧").any()


def test_a_saved_index_gives_the_same_scores(tmp_path: Path) -> None:
    built = LexicalIndex.build(_TEXTS)
    built.save(tmp_path / "index")
    loaded = LexicalIndex.load(tmp_path / "index")
    assert len(loaded) == len(built)
    for query in ("就业", "5G基站", "失业率5.5%", "没有"):
        np.testing.assert_array_equal(loaded.scores(query), built.scores(query))


@pytest.mark.parametrize("texts", [[], ["", "，。"]])
def test_an_index_without_terms_is_saved_too(tmp_path: Path, texts: list[str]) -> None:
    LexicalIndex.build(texts).save(tmp_path)
    loaded = LexicalIndex.load(tmp_path)
    assert loaded.scores("就业").tolist() == [0.0] * len(texts)


def test_every_missing_or_cut_file_is_an_error_that_names_the_folder(tmp_path: Path) -> None:
    LexicalIndex.build(_TEXTS).save(tmp_path)
    files = {path: path.read_bytes() for path in tmp_path.iterdir()}
    needed = [path for path in files if "corpus" not in path.name]
    assert len(needed) >= 4
    for path in needed:
        for damaged in (None, b"", files[path][: len(files[path]) // 2]):
            path.unlink(missing_ok=True)
            if damaged is not None:
                path.write_bytes(damaged)
            with pytest.raises(StoreError, match=r"词索引.*--rebuild") as caught:
                LexicalIndex.load(tmp_path)
            assert str(tmp_path) in str(caught.value)
        path.write_bytes(files[path])
    assert len(LexicalIndex.load(tmp_path)) == len(_TEXTS)


def test_an_index_of_other_texts_is_an_error(tmp_path: Path) -> None:
    LexicalIndex.build(_TEXTS).save(tmp_path)
    (tmp_path / "size.json").write_text('{"texts": 4, "empty": false}', "utf-8")
    with pytest.raises(StoreError, match="词索引"):
        LexicalIndex.load(tmp_path)
