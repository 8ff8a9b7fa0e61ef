"""The service for programs: OpenAI's chat form, with the citations beside it; search; figures."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field

from qa import Answer, ReportQA, Turn
from ui.limits import Cause, Limits, TurnedAway
from ui.wire import EvidenceOut, FigureOut, FiguresOut, HitOut, HitsOut, ParagraphOut
from vectorstore.errors import QuestionError
from vectorstore.figures import Kind

MODEL = "report-qa"


class TextPart(BaseModel):
    """A piece of a message."""

    type: Literal["text"]
    text: str


class Message(BaseModel):
    """One message of a conversation. System messages are read over: reports are all we know."""

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[TextPart]

    @property
    def text(self) -> str:
        """The text, whole."""
        if isinstance(self.content, str):
            return self.content
        return "".join(part.text for part in self.content)


class ChatRequest(BaseModel):
    """A request in OpenAI's form; what concerns language models only is ignored."""

    model: str = MODEL
    messages: list[Message] = Field(min_length=1, max_length=200)
    here: str | None = Field(None, description="Report or region that «我市», «全省» mean.")
    stream: bool = False


class SearchRequest(BaseModel):
    """What to search for, and how many paragraphs to return."""

    query: str = Field(min_length=1, max_length=2000)
    k: int = Field(default=10, ge=1, le=100)


def router(qa: ReportQA, limits: Limits) -> APIRouter:
    """Return the routes for programs; `limits` counts their questions by address."""
    routes = APIRouter()

    @routes.get("/v1/models", summary="List the models: there is one")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": MODEL}]}

    @routes.post("/v1/chat/completions", summary="Answer the last message, in OpenAI's form")
    def chat(asked: ChatRequest, request: Request) -> Any:
        if asked.model != MODEL:
            return refusal(404, f"没有模型 {asked.model!r}，请用 {MODEL!r}。", "model_not_found")
        said = [m for m in asked.messages if m.role in ("user", "assistant")]
        if not said or said[-1].role != "user":
            return refusal(400, "最后一条消息应当是用户的问题。", "invalid_request_error")
        *history, question = said
        try:
            with limits.place(request.client.host if request.client else ""):
                turns = [_turn(message) for message in history]
                answer = qa.ask(question.text, turns, here=asked.here)
        except TurnedAway as error:
            return refusal(503 if error.cause is Cause.FULL else 429, str(error), error.cause)
        except QuestionError as error:
            return refusal(400, str(error), "invalid_request_error")
        if asked.stream:
            return StreamingResponse(_chunks(answer), media_type="text/event-stream")
        return _completion(answer)

    @routes.post("/api/search", summary="Find the paragraphs closest to some words")
    def search(wanted: SearchRequest) -> HitsOut:
        return HitsOut(hits=[HitOut.found(hit) for hit in qa.search(wanted.query, wanted.k)])

    @routes.get("/api/figures", summary="List the indicator facts of all reports")
    def figures(
        indicator: Annotated[str | None, Query(description="Words of the name")] = None,
        kind: Annotated[Kind | None, Query(description="Reached or aimed at")] = None,
    ) -> FiguresOut:
        found = qa.figures(indicator, kind.value if kind else None)
        return FiguresOut(figures=[FigureOut.of(figure) for figure in found])

    @routes.get("/api/reports/{report}/paragraphs/{number}", summary="Read one paragraph")
    def paragraph(report: str, number: int) -> ParagraphOut:
        found = next((r.passage(number) for r in qa.reports if r.id == report), None)
        if found is None:
            raise HTTPException(404, f"报告「{report}」没有第{number}段。")
        return ParagraphOut.of(found)

    return routes


def _turn(message: Message) -> Turn:
    return Turn("user" if message.role == "user" else "assistant", message.text)


def refusal(status: int, message: str, code: str) -> JSONResponse:
    """Return an error in OpenAI's form."""
    error = {"message": message, "type": "invalid_request_error", "code": code}
    return JSONResponse({"error": error}, status)


def _head(kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": kind,
        "created": int(time.time()),
        "model": MODEL,
    }


def _evidence(answer: Answer) -> dict[str, Any]:
    """Return what stands beside OpenAI's fields: citations, why there is no answer, the cost."""
    evidence: dict[str, Any] = EvidenceOut.of(answer).model_dump()
    return {**evidence, "usage": _usage(answer)}


def _usage(answer: Answer) -> dict[str, int]:
    """Return the tokens that a language model took: none where there is no model."""
    read, written = (
        (answer.generation.tokens_in, answer.generation.tokens_out) if answer.generation else (0, 0)
    )
    return {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
    }


def _completion(answer: Answer) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer.text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {**_head("chat.completion"), "choices": [choice], **_evidence(answer)}


def _chunks(answer: Answer) -> Iterator[str]:
    """Yield the verified answer claim by claim; the last chunk carries the citations."""
    head = _head("chat.completion.chunk")

    def chunk(delta: dict[str, str], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return f"data: {json.dumps({**head, 'choices': [choice], **more}, ensure_ascii=False)}\n\n"

    yield chunk({"role": "assistant", "content": ""})
    for piece in [claim.marked for claim in answer.claims] or [answer.text]:
        yield chunk({"content": piece})
    yield chunk({}, "stop", **_evidence(answer))
    yield "data: [DONE]\n\n"
