"""Chat models by their settings: connected when first needed, bounded in time, faults in words."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from qa.local_model import ModelError, path_of, serve
from qa.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

_LOG = logging.getLogger(__name__)
# What an answer of two sentences may take, with room for a list.
MOST_TOKENS = 400
# A model that ignores the limit above is stopped by this one, in characters.
MOST_CHARACTERS = 2000
_RETRIES = 2
# (role, text), with the roles «system», «human» and «ai».
Message = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said, and what it took: tokens where the endpoint counts them, and seconds."""

    text: str
    tokens_in: int
    tokens_out: int
    first_token: float
    seconds: float


class LanguageModel:
    """One chat model; any number of threads may ask it.

    `connect` makes LangChain's model, at the first question; `place` says where it is.
    An answer may take `timeout` seconds, and `room` is how many tokens of evidence it
    is given to read.
    """

    def __init__(
        self, name: str, place: str, connect: Callable[[], BaseChatModel], settings: Settings
    ) -> None:
        self.name = name
        self.place = place
        self.timeout = settings.model_timeout
        self.room = settings.evidence_tokens
        self._connect = connect
        self._chat: BaseChatModel | None = None
        self._lock = threading.Lock()

    def reply(self, messages: Sequence[Message], deadline: float) -> Generator[str, None, Reply]:
        """Ask, yield the text as it comes, and return it as a whole.

        Closing the generator ends the request. What stands in `<think>` is left out.

        Raises:
            ModelError: there is no usable reply by `deadline` (monotonic). The message
                is a clause in Chinese that says why.
        """
        begun = time.monotonic()
        text, first = "", 0.0
        chunks: list[AIMessageChunk] = []
        try:
            for chunk in bounded(partial(self._stream, messages), deadline):
                chunks.append(chunk)
                shown = _without_thoughts(text)
                text += chunk.text
                first = first or (time.monotonic() - begun if text else 0.0)
                if len(text) > MOST_CHARACTERS:
                    raise ModelError("写个不停")
                if more := _without_thoughts(text)[len(shown) :]:
                    yield more
            _check_end(chunks)
        except ModelError:
            raise
        except Exception as error:  # every provider's client raises errors of its own
            _LOG.info("the language model failed", exc_info=error)
            raise ModelError(self._explained(error, begun=bool(text))) from error
        said = _without_thoughts(text).strip()
        if not said:
            raise ModelError("没有写出内容")
        used = [chunk.usage_metadata for chunk in chunks if chunk.usage_metadata]
        return Reply(
            said,
            sum(tokens["input_tokens"] for tokens in used),
            sum(tokens["output_tokens"] for tokens in used),
            first,
            time.monotonic() - begun,
        )

    def said(self, messages: Sequence[Message], deadline: float) -> Reply:
        """Ask and wait for the whole reply; see `reply`."""
        asking = self.reply(messages, deadline)
        while True:
            try:
                next(asking)
            except StopIteration as end:
                reply: Reply = end.value
                return reply

    def _stream(self, messages: Sequence[Message]) -> Iterator[AIMessageChunk]:
        with self._lock:
            self._chat = self._chat or self._connect()
        return self._chat.stream(list(messages))

    def _explained(self, error: Exception, *, begun: bool) -> str:
        """Say in a clause what went wrong, and what to look at."""
        status = getattr(error, "status_code", None)
        kind, told = type(error).__name__.lower(), str(error).lower()
        if isinstance(error, TimeoutError) or "timeout" in kind:
            return f"在 {self.timeout:g} 秒内没有答完"
        if status in (401, 403):
            return f"{self.place} 不接受密钥（{status}），请检查 OPENAI_API_KEY"
        if status == 404:
            return f"{self.place} 没有名为 {self.name} 的模型，或地址不对（404），请检查 REPORT_QA_MODEL 和 OPENAI_BASE_URL"
        if status == 429:
            return f"{self.place} 请求过多或额度已用完（429），请稍后再试"
        if status in (400, 413) and ("context" in told or "too long" in told or status == 413):
            return f"问题和资料超出了模型的上下文（{status}），请调小 REPORT_QA_EVIDENCE_TOKENS"
        if isinstance(status, int):
            return f"{self.place} 出错（{status}）"
        if begun:
            return "回答中途断开"
        if "connect" in kind or "protocol" in kind:
            return f"连接不上 {self.place}，请检查地址和服务是否已启动"
        return f"{self.place} 无法使用（{type(error).__name__}）"


def open_model(settings: Settings) -> LanguageModel:
    """Return the model that the settings name, not yet connected.

    Raises:
        ModelError: the name alone does not say where the model is.
    """
    name = settings.model.strip()
    if name == "local" or name.endswith(".gguf"):
        path = path_of(settings.data_dir) if name == "local" else Path(name).expanduser()
        return LanguageModel(path.stem, "本机模型", partial(_local, path, settings), settings)
    key = settings.openai_api_key.get_secret_value()
    if settings.openai_base_url:
        url = settings.openai_base_url
        return LanguageModel(
            name, url, partial(_endpoint, name, url, key or "none", settings), settings
        )
    if ":" in name:
        provider = name.partition(":")[0]
        return LanguageModel(name, provider, partial(_provider, name, settings), settings)
    if key:
        return LanguageModel(
            name, "OpenAI", partial(_provider, f"openai:{name}", settings), settings
        )
    raise ModelError(
        f"REPORT_QA_MODEL 设为“{name}”，但不知道它在哪里。请再设 OPENAI_BASE_URL（兼容 OpenAI 的地址）"
        "或 OPENAI_API_KEY，或写成“提供方:模型名”，或给出 .gguf 文件的路径，或写 local。"
    )


def _endpoint(
    name: str, url: str, key: str, settings: Settings, *, loopback: bool = False
) -> BaseChatModel:
    from langchain_openai import ChatOpenAI
    from openai import DefaultHttpxClient

    return ChatOpenAI(
        model=name,
        base_url=url,
        api_key=SecretStr(key),
        temperature=0,
        timeout=settings.model_timeout,
        max_retries=_RETRIES,
        stream_usage=True,
        # The name of the limit that endpoints other than OpenAI's know.
        extra_body={"max_tokens": MOST_TOKENS},
        # A proxy for the world outside must not stand before this process itself.
        http_client=DefaultHttpxClient(trust_env=False) if loopback else None,
    )


def _local(path: Path, settings: Settings) -> BaseChatModel:
    served = serve(path)
    return _endpoint(path.stem, served.base_url, served.api_key, settings, loopback=True)


def _provider(name: str, settings: Settings) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {
        "timeout": settings.model_timeout, "max_retries": _RETRIES, "max_tokens": MOST_TOKENS,
    }  # fmt: skip
    if name.startswith("openai:") and (key := settings.openai_api_key.get_secret_value()):
        options["api_key"] = key
    try:
        chat: BaseChatModel = init_chat_model(name, **options)
        return chat
    except ImportError as error:
        raise ModelError(f"{name} 还缺一个软件包：{error}") from error
    except Exception as error:  # an unknown provider, a missing key: each client has its own
        raise ModelError(f"不能使用 {name}：{error}") from error


def bounded(
    source: Callable[[], Iterator[AIMessageChunk]], deadline: float
) -> Iterator[AIMessageChunk]:
    """Yield what `source` yields, but wait for it no longer than till `deadline` (monotonic).

    It runs in a thread of its own, because clients bound each read, not the whole.
    When the iteration is left, the source is closed at its next piece.

    Raises:
        TimeoutError: the deadline came before the end.
    """
    pieces: SimpleQueue[AIMessageChunk | Exception | None] = SimpleQueue()
    left = threading.Event()

    def pump() -> None:
        try:
            with closing(source()) as stream:  # type: ignore[type-var]
                for piece in stream:
                    if left.is_set():
                        return
                    pieces.put(piece)
            pieces.put(None)
        except Exception as error:  # it is raised where it is waited for
            pieces.put(error)

    threading.Thread(target=pump, name="language-model", daemon=True).start()
    try:
        while True:
            try:
                piece = pieces.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                raise TimeoutError from None
            if piece is None:
                return
            if isinstance(piece, Exception):
                raise piece
            yield piece
    finally:
        left.set()


def _check_end(chunks: Sequence[AIMessageChunk]) -> None:
    """Check that a reply came to its own end.

    Raises:
        ModelError: it was cut off, or stopped by the limit or a filter.
    """
    said = [chunk.response_metadata for chunk in chunks]
    reasons = {meta["finish_reason"] for meta in said if meta.get("finish_reason")}
    if "length" in reasons:
        raise ModelError("写个不停")
    if "content_filter" in reasons:
        raise ModelError("拒绝回答")
    if not reasons and any(meta.get("model_provider") == "openai" for meta in said):
        raise ModelError("回答中途断开")


def _without_thoughts(text: str) -> str:
    """Return the text after the thoughts of a reasoning model; nothing while it still thinks."""
    opened = text.lstrip()
    if not opened.startswith("<think>"):
        return "" if opened and "<think>".startswith(opened) else text
    return opened.partition("</think>")[2].lstrip()
