"""Which chat model the settings name, and how LangChain connects to it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from qa.language_model import LanguageModel
from qa.local_model import LOCAL, ModelError, path_of, serve
from qa.settings import Settings

if TYPE_CHECKING:
    from langchain_core.callbacks import BaseCallbackHandler
    from langchain_core.language_models import BaseChatModel

# What an answer of two sentences may take, with room for a list.
MOST_TOKENS = 400
# The client's own tries would wait beyond our time: `LanguageModel` tries again itself.
_RETRIES = 0


def open_model(settings: Settings, callbacks: Sequence[BaseCallbackHandler] = ()) -> LanguageModel:
    """Return the model that the settings name, not yet connected.

    LangChain's `callbacks` are told of each call.

    Raises:
        ModelError: the name alone does not say where the model is.
    """
    name = settings.model.strip()
    key = settings.openai_api_key.get_secret_value()
    url = settings.openai_base_url
    opened = partial(LanguageModel, settings=settings, callbacks=callbacks)
    if name in LOCAL or name.endswith(".gguf"):
        path = path_of(settings.data_dir, LOCAL[name]) if name in LOCAL else Path(name).expanduser()
        return opened(path.stem, "本机模型", partial(_local, path, settings), origin=str(path))
    if url and not url.startswith(("http://", "https://")):
        raise ModelError(f"OPENAI_BASE_URL 设为“{url}”，应以 http:// 或 https:// 开头。")
    if url:
        return opened(name, url, partial(_endpoint, name, url, key or "none", settings))
    if ":" in name:
        return opened(name, name.partition(":")[0], partial(_provider, name, settings))
    if key:
        return opened(name, "OpenAI", partial(_provider, f"openai:{name}", settings))
    raise ModelError(
        f"REPORT_QA_MODEL 设为“{name}”，但不知道它在哪里。请再设 OPENAI_BASE_URL（兼容 OpenAI 的地址）"
        "或 OPENAI_API_KEY，或写成“提供方:模型名”，或给出 .gguf 文件的路径，或写 local。"
    )


def _endpoint(
    name: str, url: str, key: str, settings: Settings, *, loopback: bool = False
) -> BaseChatModel:
    from langchain_openai import ChatOpenAI
    from openai import DefaultAsyncHttpxClient

    return ChatOpenAI(
        model=name,
        base_url=url,
        api_key=SecretStr(key),
        temperature=0,
        timeout=settings.model_timeout,
        stream_chunk_timeout=settings.model_timeout,
        max_retries=_RETRIES,
        stream_usage=True,
        # The name of the limit that endpoints other than OpenAI's know.
        extra_body={"max_tokens": MOST_TOKENS},
        # A proxy for the world outside must not stand before this process itself.
        http_async_client=DefaultAsyncHttpxClient(trust_env=False) if loopback else None,
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
