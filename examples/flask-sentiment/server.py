"""Is a review a good one, and which of its words say so?

POST /explain               {"text": "..."}         the score of one review, and what each word adds to it
POST /v1/reviews/sentiment  {"texts": ["...", ...]}  the scores of several (reviews.py)
GET  /v1/reviews/repeats    how many of the last reviews repeat others
GET  /healthz

PORT (5000) and HOST (127.0.0.1) say where; SLOW_PATH=off leaves the watch for repeats out.
"""

import logging
import os

from flask import Flask, request
from waitress import serve

from model import train
from repeats import RepeatWatch
from reviews import reviews


class SentimentService:
    def __init__(self, watch: RepeatWatch | None) -> None:
        self.model = train()
        self.watch = watch

    def judge(self, text: str) -> float:
        if self.watch:
            self.watch.observe(text)
        return self.model.score(text)


app = Flask(__name__)
service = SentimentService(None if os.environ.get("SLOW_PATH") == "off" else RepeatWatch())
app.extensions["sentiment"] = service
app.register_blueprint(reviews, url_prefix="/v1/reviews")


@app.post("/explain")
def explain():
    question = request.get_json(silent=True)
    text = question.get("text") if isinstance(question, dict) else None
    if not isinstance(text, str) or not 0 < len(text.strip()) <= 2000:
        return {"error": '{"text": "a review"} was expected'}, 422
    score = service.judge(text)
    words = service.model.explain(text)
    return {"score": round(score, 3), "words": [{"word": word, "adds": round(adds, 3)} for word, adds in words]}


@app.get("/healthz")
def healthz():
    return {"ok": True}


if __name__ == "__main__":
    # It warns whenever a request has to wait, which under load is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    # One thread: the model is all Python, of which only one thread runs at a time anyway.
    serve(app, host=os.environ.get("HOST", "127.0.0.1"), port=int(os.environ.get("PORT", "5000")), threads=1)
