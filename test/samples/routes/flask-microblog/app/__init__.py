from flask import Flask, request

from app.extensions import cache


def create_app(config=None):
    app = Flask(__name__)
    app.config.from_object(config)

    from app.errors import bp as errors_bp
    app.register_blueprint(errors_bp)

    from app.auth import bp as auth_bp
    app.register_blueprint(auth_bp, url_prefix="/auth")

    from app.main import bp as main_bp
    app.register_blueprint(main_bp)

    from app.api import bp as api_bp
    app.register_blueprint(api_bp, url_prefix="/api/v2")

    @app.route("/healthz")
    def healthz():
        return cache.get("/healthz") or request.args.get("/")

    return app
