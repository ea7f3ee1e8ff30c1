from app.main import bp


@bp.before_app_request
def before_request():
    pass


@bp.route("/", methods=["GET", "POST"])
@bp.route("/index", methods=["GET", "POST"])
def index():
    return "index"


@bp.route("/user/<username>/popup")
def user_popup(username):
    return username
