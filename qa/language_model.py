"""One chat model: asked in bounded time, left at once, its faults told in words."""

from __future__ import annotations

import asyncio
import logging
import math
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from qa.local_model import ModelError
from qa.reply_cache import ReplyCache, key_of
from qa.settings import Settings

if TYPE_CHECKING:
    from langchain_core.callbacks import BaseCallbackHandler
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

_LOG = logging.getLogger(__name__)
# A model that ignores its limit of tokens is stopped by this one, in characters.
MOST_CHARACTERS = 2000
# How often who waits may leave, in seconds.
_BEAT = 0.2
# How long a passing fault is given to pass, in seconds, before each further try.
_PAUSES = (0.5, 2.0)
# So much of what an endpoint says of its fault is told.
_MOST_REASON = 120
_SECONDS = re.compile(r"\d+(?:\.\d+)?")
_TOO_LONG = re.compile(
    r"context (?:length|size|window)|maximum model length|(?:prompt|input) is too long"
)
# (role, text), with the roles «system», «human» and «ai».
Message = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said, and what it took: tokens where the endpoint counts them, and seconds.

    A reply from the cache took no tokens.
    """

    text: str
    tokens_in: int
    tokens_out: int
    first_token: float
    seconds: float
    cached: bool = False


class LanguageModel:
    """One chat model; any number of threads may ask it.

    `connect` makes LangChain's model, at the first question; `place` says where it is,
    and `origin` tells models of one name apart. An answer may take `timeout` seconds,
    and `room` is how many tokens of evidence it is given to read. `callbacks` are
    told of each call, as LangChain's callbacks are.
    """

    def __init__(
        self,
        name: str,
        place: str,
        connect: Callable[[], BaseChatModel],
        settings: Settings,
        *,
        origin: str = "",
        callbacks: Sequence[BaseCallbackHandler] = (),
    ) -> None:
        self.name = name
        self.place = place
        self.timeout = settings.model_timeout
        self.room = settings.evidence_tokens
        self._connect = connect
        self._origin = origin or place
        self._callbacks = callbacks
        self._kept = (
            ReplyCache(settings.data_dir / "replies.sqlite3") if settings.answer_cache else None
        )
        self._chat: BaseChatModel | None = None
        self._lock = threading.Lock()

    def reply(self, messages: Sequence[Message], deadline: float) -> Generator[str, None, Reply]:
        """Ask, yield the text as it comes, and return it as a whole.

        While there is nothing new, an empty text comes now and then. Closing the generator
        ends the request. What stands in `<think>` is left out.

        Raises:
            ModelError: there is no usable reply by `deadline` (monotonic). The message
                is a clause in Chinese that says why.
        """
        begun = time.monotonic()
        key = key_of(self.name, self._origin, messages)
        if self._kept and (text := self._kept.get(key)) is not None:
            yield text
            taken = time.monotonic() - begun
            return Reply(text, 0, 0, taken, taken, cached=True)
        reply = yield from self._written(messages, deadline, begun)
        if self._kept:
            self._kept.put(key, reply.text)
        return reply

    def said(self, messages: Sequence[Message], deadline: float) -> Reply:
        """Ask and wait for the whole reply; see `reply`."""
        return whole(self.reply(messages, deadline))

    def _written(
        self, messages: Sequence[Message], deadline: float, begun: float
    ) -> Generator[str, None, Reply]:
        text, first = "", 0.0
        chunks: list[AIMessageChunk] = []
        try:
            for chunk in bounded(partial(self._stream, messages, deadline), deadline):
                if chunk is None:
                    yield ""
                    continue
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
            raise ModelError(self._explained(error, begun=bool(chunks))) from error
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

    async def _stream(
        self, messages: Sequence[Message], deadline: float
    ) -> AsyncIterator[AIMessageChunk]:
        """Yield a reply as it comes; try again after a fault that may pass before `deadline`."""
        chat = await asyncio.to_thread(self._connected)
        for pause in (*_PAUSES, math.inf):
            begun = False
            try:
                async for chunk in chat.astream(list(messages), {"callbacks": [*self._callbacks]}):
                    begun = True
                    yield chunk
                return
            except Exception as error:
                wait = max(pause, _asked_to_wait(error))
                if begun or not _may_pass(error) or time.monotonic() + wait > deadline:
                    raise
            await asyncio.sleep(wait)

    def _connected(self) -> BaseChatModel:
        with self._lock:
            self._chat = self._chat or self._connect()
        return self._chat

    def _explained(self, error: Exception, *, begun: bool) -> str:
        """Say in a clause what went wrong, and what to look at."""
        status = getattr(error, "status_code", None)
        kind, told = type(error).__name__.lower(), str(error).lower()
        if isinstance(error, TimeoutError) or "timeout" in kind:
            return f"在 {self.timeout:g} 秒内没有答完"
        if status in (401, 403):
            return f"{self.place} 不接受密钥（{status}），请检查 OPENAI_API_KEY"
        if status == 404:
            return (
                f"{self.place} 没有名为 {self.name} 的模型，或地址不对（404），"
                "请检查 REPORT_QA_MODEL 和 OPENAI_BASE_URL（通常以 /v1 结尾）"
            )
        if status in (402, 429):
            wait = _asked_to_wait(error)
            again = f"在 {wait:g} 秒后" if wait else "稍后"
            return f"{self.place} 请求过多或额度已用完（{status}），请{again}再试"
        if status == 413 or _TOO_LONG.search(told):
            return "问题和资料超出了模型的上下文，请调小 REPORT_QA_EVIDENCE_TOKENS"
        if isinstance(status, int):
            return f"{self.place} 出错（{status}）{_said_by(error)}"
        if begun:
            return f"回答中途断开{_said_by(error)}"
        if "connect" in kind or "protocol" in kind:
            return f"连接不上 {self.place}，请检查地址和服务是否已启动"
        if isinstance(error, ValueError):  # of LangChain, where a stream has nothing in it
            return f"{self.place} 没有按 OpenAI 的流式格式回答，请检查地址（通常以 /v1 结尾）"
        return f"{self.place} 无法使用（{type(error).__name__}）{_said_by(error)}"


def _may_pass(error: Exception) -> bool:
    """Tell whether the same request may succeed a little later."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return status in (408, 429) or status >= 500
    return "connect" in type(error).__name__.lower()


def _asked_to_wait(error: Exception) -> float:
    """Return the seconds after which an endpoint asks to be asked again, 0 if it does not say."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    told = str(headers.get("retry-after", ""))
    return float(told) if _SECONDS.fullmatch(told) else 0.0


def _said_by(error: Exception) -> str:
    """Return what an endpoint says of its fault, if it says it in OpenAI's form."""
    body = getattr(error, "body", None)
    said = body.get("message") if isinstance(body, dict) else None
    return f"：{str(said)[:_MOST_REASON]}" if said else ""


def whole(writing: Generator[str, None, Reply]) -> Reply:
    """Let a reply be written to its end, and return it."""
    while True:
        try:
            next(writing)
        except StopIteration as end:
            reply: Reply = end.value
            return reply


def bounded(
    source: Callable[[], AsyncIterator[AIMessageChunk]], deadline: float
) -> Iterator[AIMessageChunk | None]:
    """Yield what `source` yields, but wait for it no longer than till `deadline` (monotonic).

    `None` comes now and then while nothing else does, so that a reader can leave. When
    the iteration is left, the source is cancelled wherever it stands: in a read, before
    the first piece, or between two tries.

    Raises:
        TimeoutError: the deadline came before the end.
    """
    pieces: SimpleQueue[AIMessageChunk | Exception | None] = SimpleQueue()

    async def pump() -> None:
        try:
            async for piece in source():
                pieces.put(piece)
            pieces.put(None)
        except Exception as error:  # it is raised where it is waited for
            pieces.put(error)

    pumping = asyncio.run_coroutine_threadsafe(pump(), _loop())
    try:
        while (left := deadline - time.monotonic()) > 0:
            try:
                piece = pieces.get(timeout=min(left, _BEAT))
            except Empty:
                yield None
                continue
            if piece is None:
                return
            if isinstance(piece, Exception):
                raise piece
            yield piece
        raise TimeoutError
    finally:
        pumping.cancel()


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """Return the one loop in which models are asked; connections belong to their loop."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="language-models", daemon=True).start()
    return loop


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
