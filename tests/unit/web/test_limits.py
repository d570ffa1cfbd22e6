"""A route's own limit holds wherever it is put, although the limiter looks only where there are limits."""

from flask import Blueprint, Flask

from directory.web.limits import install_limits, look_only_where_limits_are


def test_a_limit_on_any_blueprint_is_kept_and_others_are_not_looked_at() -> None:
    app = Flask("made", static_folder=None)
    limiter = install_limits(app)
    limited, free = Blueprint("limited", __name__), Blueprint("free", __name__)
    limited.get("/limited")(lambda: "")
    free.get("/free")(lambda: "")
    limiter.limit("1 per minute")(limited)
    for blueprint in (limited, free):
        app.register_blueprint(blueprint)
    look_only_where_limits_are(app, limiter)
    client = app.test_client()
    assert [client.get("/limited").status_code for _ in range(2)] == [200, 429]
    assert [client.get("/free").status_code for _ in range(2)] == [200, 200]
    assert set(app.before_request_funcs) == {None, "limited"}


def test_a_view_of_its_own_limit_needs_no_blueprint() -> None:
    app = Flask("made", static_folder=None)
    limiter = install_limits(app)
    app.get("/one")(limiter.limit("1 per minute")(lambda: ""))
    look_only_where_limits_are(app, limiter)
    assert [app.test_client().get("/one").status_code for _ in range(2)] == [200, 429]
