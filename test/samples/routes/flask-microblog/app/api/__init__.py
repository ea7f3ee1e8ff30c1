from flask import Blueprint

from app.api.tokens import bp as tokens

bp = Blueprint("api", __name__)
bp.register_blueprint(tokens, url_prefix="/tokens")

from app.api import users  # noqa: E402, F401
