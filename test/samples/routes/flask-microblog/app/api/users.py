from app.api import bp


@bp.route("/users/<int:id>", methods=["GET"])
def get_user(id):
    return {"id": id}


@bp.put("/users/<int:id>")
def update_user(id):
    return {"id": id}
