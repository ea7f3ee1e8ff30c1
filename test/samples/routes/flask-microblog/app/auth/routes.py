import requests

from app.auth import bp


@bp.route("/login", methods=["GET", "POST"])
def login():
    requests.post("/login")
    return "login"


@bp.route("/logout")
def logout():
    return "logout"


@bp.route("/reset/<token>", methods=("POST",))
def reset(token):
    # bp.route("/in-a-comment")
    return token
