from flask import Blueprint

audit = Blueprint("audit", __name__, url_prefix="/audit")


@audit.get("/<int:page>")
def pages(page):
    return str(page)
