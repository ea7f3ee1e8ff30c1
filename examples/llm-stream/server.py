"""A language model behind OpenAI's API. It has learned nothing and writes words at random, but every one of them is computed.

POST /v1/chat/completions {"messages": [{"role": "user", "content": "…"}], "stream": true}
POST /v1/completions      {"prompt": "…", "stream": true}
GET  /v1/models, /metrics (Prometheus), /health

PORT (8000) and HOST (127.0.0.1) say where.
"""

import os

# One core for the model, one for whoever asks it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field
from tokenizers import Tokenizer

import metrics
from engine import LONGEST, Engine, Generation

tokenizer = Tokenizer.from_file(str(Path(__file__).with_name("tokenizer.json")))
END = tokenizer.token_to_id("<|end|>")
# It writes only tokens that begin a word, so that an answer sent back in the next turn is cut into the same ones.
SPOKEN = [token for name, token in tokenizer.get_vocab().items() if name.startswith("Ġ") and len(name) > 1]
TEXTS = {token: tokenizer.decode([token]) for token in SPOKEN} | {END: ""}

app = FastAPI(title="Tiny language model")
engine = Engine(tokenizer.get_vocab_size(), SPOKEN, END)


class StreamOptions(BaseModel):
    include_usage: bool = False


class Sampling(BaseModel):
    model: str = metrics.MODEL
    stream: bool = False
    stream_options: StreamOptions = StreamOptions()
    min_tokens: int = Field(0, ge=0)
    ignore_eos: bool = False
    temperature: float = Field(1, ge=0)
    seed: int | None = Field(None, ge=0)


class Message(BaseModel):
    role: Literal["system", "user", "assistant"]
    content: str


class Chat(Sampling):
    messages: list[Message] = Field(min_length=1)
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)


class Completion(Sampling):
    prompt: str = Field(min_length=1)
    max_tokens: int | None = Field(16, ge=1)


@app.post("/v1/chat/completions")
async def chat(question: Chat, http: Request) -> Response:
    said = "".join(f"<|{message.role}|>{message.content}<|end|>" for message in question.messages)
    most = question.max_completion_tokens or question.max_tokens
    return await answer(Answer("chat.completion", question, f"{said}<|assistant|>", most), http)


@app.post("/v1/completions")
async def completions(question: Completion, http: Request) -> Response:
    return await answer(Answer("text_completion", question, question.prompt, question.max_tokens), http)


@app.get("/v1/models")
async def models() -> dict[str, Any]:
    model = {"id": metrics.MODEL, "object": "model", "created": 0, "owned_by": "tailflame", "max_model_len": LONGEST}
    return {"object": "list", "data": [model]}


@app.get("/metrics")
async def prometheus() -> Response:
    return Response(metrics.text(), media_type="text/plain; version=0.0.4")


@app.get("/health")
async def health() -> dict[str, bool]:
    return {"ok": True}


class Answer:
    """One answer in OpenAI's words, whole or in pieces."""

    def __init__(self, kind: Literal["chat.completion", "text_completion"], question: Sampling, prompt: str, most: int | None):
        self.chat = kind == "chat.completion"
        self.question = question
        ids = tokenizer.encode(prompt).ids
        self.room = LONGEST - len(ids)
        self.most = self.room if most is None else most
        self.head = {"id": f"cmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": question.model}
        self.pieces: asyncio.Queue[tuple[int, str | None]] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        self.generation = Generation(
            ids,
            self.most,
            question.min_tokens,
            question.ignore_eos,
            question.temperature,
            question.seed,
            lambda token, ended: loop.call_soon_threadsafe(self.pieces.put_nowait, (token, ended)),
        )

    async def tokens(self) -> AsyncIterator[tuple[str, str | None]]:
        """The text of each token, and why it is the last; gives up the rest where nobody listens any more."""
        engine.submit(self.generation)
        ended = None
        try:
            while ended is None:
                token, ended = await self.pieces.get()
                yield TEXTS[token], ended
        finally:
            if ended is None:
                engine.cancel(self.generation)

    async def events(self) -> AsyncIterator[str]:
        usage = self.question.stream_options.include_usage
        first = True
        async for text, ended in self.tokens():
            if self.chat and first:
                # As vLLM does: the role comes in a chunk of its own, when the first token is there.
                yield self.event([self.choice({"role": "assistant", "content": ""}, None)], usage)
            first = False
            yield self.event([self.choice({"content": text}, ended)], usage)
        if usage:
            yield self.event([], usage, self.usage())
        yield "data: [DONE]\n\n"

    def event(self, choices: list[dict[str, Any]], usage: bool, counts: dict[str, Any] | None = None) -> str:
        kind = "chat.completion.chunk" if self.chat else "text_completion"
        more = {"usage": counts} if usage else {}
        return f"data: {json.dumps({**self.head, 'object': kind, 'choices': choices, **more})}\n\n"

    def choice(self, delta: dict[str, str], ended: str | None) -> dict[str, Any]:
        piece = {"delta": delta} if self.chat else {"text": delta["content"]}
        return {"index": 0, **piece, "finish_reason": ended}

    async def whole(self, http: Request) -> Response:
        texts = []
        reason = None
        async for text, reason in self.tokens():
            texts.append(text)
            if await http.is_disconnected():
                return Response(status_code=499)
        said = "".join(texts)
        piece = {"message": {"role": "assistant", "content": said}} if self.chat else {"text": said}
        choice = {"index": 0, **piece, "finish_reason": reason}
        return JSONResponse({**self.head, "choices": [choice], "usage": self.usage()})

    def usage(self) -> dict[str, Any]:
        asked, written = self.generation.prompt_length, self.generation.written
        return {
            "prompt_tokens": asked,
            "completion_tokens": written,
            "total_tokens": asked + written,
            "prompt_tokens_details": {"cached_tokens": self.generation.cached},
        }


async def answer(given: Answer, http: Request) -> Response:
    if given.question.model != metrics.MODEL:
        return refused(404, f"The model {given.question.model} does not exist; there is {metrics.MODEL}.")
    if given.most > given.room or given.room < 1:
        return refused(400, f"At most {LONGEST} tokens fit, and the prompt has {given.generation.prompt_length} of them.")
    if given.question.stream:
        return StreamingResponse(given.events(), media_type="text/event-stream")
    return await given.whole(http)


def refused(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": {"message": message, "type": "invalid_request_error", "code": status}}, status)


if __name__ == "__main__":
    uvicorn.run(app, host=os.environ.get("HOST", "127.0.0.1"), port=int(os.environ.get("PORT", "8000")), log_level="warning")
