"""Passages embedded on a Ray cluster, for libraries that one machine would take days over.

Each batch is a Ray task; each worker opens the model once. Wants the extra `report-qa[ray]`,
with the same version of this package on every machine of the cluster.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vectorstore.embedding import Embedder, open_embedder
from vectorstore.errors import EmbeddingError

_TASK = 64


class RayEmbedder:
    """An embedder whose passages are embedded by the cluster, its queries here."""

    def __init__(self, local: Embedder, model: str, ray: Any) -> None:
        self.name = local.name
        self._local, self._model, self._ray = local, model, ray
        self._task = ray.remote(_embed)
        cores = int(ray.cluster_resources().get("CPU", 1))
        # So many texts keep all workers busy while a batch is stored.
        self.batch = min(_TASK * 2 * max(cores, 1), 4096)

    @property
    def dimension(self) -> int:
        """The length of every vector."""
        return self._local.dimension

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed questions on this machine."""
        return self._local.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed passages on the cluster.

        Raises:
            EmbeddingError: a task failed, on a worker that died or has no such model.
        """
        starts = range(0, len(texts), _TASK)
        tasks = [self._task.remote(self._model, list(texts[s : s + _TASK])) for s in starts]
        try:
            found = self._ray.get(tasks)
        except self._ray.exceptions.RayError as error:
            raise EmbeddingError(
                f"Ray 集群没能算出向量：{str(error).strip().splitlines()[-1]}。"
                "请确认每台机器都装有同一版本的 report-qa[ray] 和同一个模型。"
            ) from error
        return np.concatenate(found) if found else np.empty((0, self.dimension), dtype=np.float32)


@contextmanager
def on_ray(address: str, model: str) -> Iterator[RayEmbedder]:
    """Connect to a cluster: `auto`, `host:port`, `ray://host:10001`, or `local` to begin one.

    Raises:
        EmbeddingError: Ray is not installed, or the cluster cannot be reached.
    """
    try:
        import ray
    except ImportError as error:
        raise EmbeddingError("没有安装 Ray。请运行：pip install 'report-qa[ray]'") from error
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would call home
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, ValueError, RuntimeError, OSError) as error:
        raise EmbeddingError(
            f"连不上 Ray 集群 {address}：{error}。请确认它已启动：ray start --head"
        ) from error
    try:
        yield RayEmbedder(open_embedder(model), model, ray)
    finally:
        ray.shutdown()


def _embed(model: str, texts: list[str]) -> NDArray[np.float32]:
    return _opened(model).embed_passages(texts)


@lru_cache(maxsize=1)
def _opened(model: str) -> Embedder:
    return open_embedder(model)
