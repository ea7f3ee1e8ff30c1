from flask import Blueprint

bp = Blueprint("auth", __name__, url_prefix="/unused")

from app.auth import routes  # noqa: E402
