from flask import Blueprint, current_app

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")


def submit():
    current_app.logger.info("@blueprint.get('/in-a-string')")
    return {}, 202


def status(job_id):
    return {"id": job_id}


blueprint.add_url_rule("", view_func=submit, methods=["POST"])
blueprint.add_url_rule("/<uuid:job_id>", endpoint="status", view_func=status)
