from flask import Blueprint

from app.api.audit import audit

bp = Blueprint("tokens", __name__, url_prefix="/not-this")
bp.register_blueprint(audit)


@bp.post("/")
def get_token():
    return {"token": "x"}


@bp.delete("")
def revoke_token():
    return "", 204
