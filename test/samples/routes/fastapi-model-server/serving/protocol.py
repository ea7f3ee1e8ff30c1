CHAT_PATH = "/v1/chat/completions"


def validate_json(body: dict) -> None:
    if "model" not in body:
        raise ValueError("model")
