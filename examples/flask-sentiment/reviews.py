"""The routes for reviews; server.py puts them under /v1/reviews."""

from flask import Blueprint, current_app, request

reviews = Blueprint("reviews", __name__)


def texts_of(question: object) -> list[str] | None:
    """Up to twenty reviews, none of them empty; None where the question is another."""
    texts = question.get("texts") if isinstance(question, dict) else None
    if not isinstance(texts, list) or not 1 <= len(texts) <= 20:
        return None
    return texts if all(isinstance(text, str) and 0 < len(text.strip()) <= 2000 for text in texts) else None


@reviews.post("/sentiment")
def sentiment():
    texts = texts_of(request.get_json(silent=True))
    if texts is None:
        return {"error": '{"texts": [one to twenty reviews]} was expected'}, 422
    service = current_app.extensions["sentiment"]
    return {"scores": [round(service.judge(text), 3) for text in texts]}


@reviews.get("/repeats")
def repeats():
    watch = current_app.extensions["sentiment"].watch
    return {"repeats": watch.repeats if watch else None}
