"""Flask-Security, set up for this site."""

import hashlib
from datetime import timedelta
from typing import Any

from flask import Flask, Response, make_response, request
from flask_limiter import Limiter
from flask_login.utils import _user_context_processor  # type: ignore[import-untyped]
from flask_security import LoginForm, Security
from flask_security.utils import validate_redirect_url
from werkzeug.exceptions import Unauthorized
from wtforms import Field

from directory.registration.accounts import MIN_PASSWORD
from directory.web.accounts.confirming import install_ownership
from directory.web.accounts.mailing import ALREADY, PUBLIC_URL, QueuedMails
from directory.web.accounts.members import AUTHENTICATOR, Members
from directory.web.accounts.second_factor import derived, totp_secrets
from directory.web.accounts.sessions import LONGEST_S, install_sessions
from directory.web.accounts.timing import install_equal_times
from directory.web.accounts.views import make_blueprint
from directory.web.errors import problem_of, problem_response
from directory.web.headers import CONTENT_SECURITY_POLICY
from directory.web.limits import client
from directory.web.pages.blueprint import english
from directory.web.services import Services

PREFIX = "/account"
SIGN_IN = "security.login"
SET_UP_SECOND_FACTOR = "security.two_factor_setup"
_NEVER_SHOWN = frozenset({"csrf_token", "password", "password_confirm", "new_password", "new_password_confirm"})
_PAGES = (
    "LOGIN_USER", "LOGOUT_USER", "REGISTER_USER", "FORGOT_PASSWORD", "RESET_PASSWORD", "CHANGE_PASSWORD",
    "SEND_CONFIRMATION", "VERIFY", "TWO_FACTOR_SETUP", "TWO_FACTOR_VERIFY_CODE", "TWO_FACTOR_SELECT",
    "MULTI_FACTOR_RECOVERY", "MULTI_FACTOR_RECOVERY_CODES",
)  # fmt: skip


class SignInForm(LoginForm):
    """Without "remember me": a remembered reviewer would not be asked for the second factor."""

    remember = None

    def validate_next(self, field: Field) -> None:
        """An address elsewhere is forgotten: whoever wrote it into a link is not followed."""
        if not validate_redirect_url(field.data or ""):
            field.data = ""


def install_accounts(app: Flask, services: Services, limiter: Limiter) -> None:
    """Adds sign-up, sign-in, recovery and second factors under /account."""
    app.config.update(_settings(services))
    install_equal_times(app, services.settings.equal_answer_s)
    members = Members(services.accounts, services.now)
    security = Security(app, members, login_form=SignInForm, mail_util_cls=QueuedMails, register_blueprint=True)
    security.context_processor(lambda: english().frame(translated=False))
    _leave_searches_alone(app, security)
    app.register_error_handler(401, _signed_out)
    install_sessions(app)
    install_ownership(app, members)
    app.after_request(_allow_code_picture)
    app.register_blueprint(make_blueprint(services))
    for who in (client, _account_tried):
        limit = limiter.limit(services.settings.sign_in_limit, key_func=who, methods=["POST"])
        limit(app.blueprints["security"])  # type: ignore[call-overload]


def _leave_searches_alone(app: Flask, security: Security) -> None:
    """Takes out the hooks that look at the cookie of every request: the table of authorization does where needed."""
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(security.login_manager._update_remember_cookie)
    app.template_context_processors[None].remove(_user_context_processor)


def _signed_out(error: Unauthorized) -> Response:
    """Whoever was signed out meanwhile gets back what they typed, to be sent again once they are signed in."""
    if request.path.startswith("/api/"):
        return problem_response(problem_of(error))
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in _NEVER_SHOWN]
    page = english().render("accounts/signed_out.html", translated=False, typed=typed)
    return make_response(page, 401)


def _account_tried() -> str:
    """Guesses at one account are counted together, from wherever they come; the address is not kept."""
    email = request.form.get("email", "").strip().casefold()
    return hashlib.sha256(email.encode()).hexdigest() if email else client()


def _settings(services: Services) -> dict[str, Any]:
    key = services.settings.secret_key
    return {
        "PERMANENT_SESSION_LIFETIME": timedelta(seconds=LONGEST_S),
        # It would ask for a Referer, which our own pages forbid.
        "WTF_CSRF_SSL_STRICT": False,
        "WTF_CSRF_TIME_LIMIT": LONGEST_S,
        **{f"SECURITY_{name}": value for name, value in _FIXED.items()},
        **{f"SECURITY_{name}_TEMPLATE": f"accounts/{name.lower()}.html" for name in _PAGES},
        "SECURITY_TOTP_SECRETS": totp_secrets(key),
        "SECURITY_PASSWORD_SALT": derived(key, "password salt"),
        "SECURITY_EMAIL_SENDER": "",
        PUBLIC_URL: services.settings.public_url.rstrip("/"),
    }


_FIXED: dict[str, Any] = {
    "URL_PREFIX": PREFIX,
    "STATIC_FOLDER": None,
    "RETURN_GENERIC_RESPONSES": True,
    "PASSWORD_HASH": "argon2",
    "PASSWORD_SCHEMES": ["argon2"],
    "PASSWORD_SINGLE_HASH": ["argon2"],
    "PASSWORD_LENGTH_MIN": MIN_PASSWORD,
    # Refuses what is among the most common passwords, or guessed quickly from them and from the address.
    "PASSWORD_COMPLEXITY_CHECKER": "zxcvbn",
    # Passwords are taken exactly as they were typed.
    "PASSWORD_NORMALIZE_FORM": None,
    "REGISTERABLE": True,
    "CONFIRMABLE": True,
    "RECOVERABLE": True,
    "CHANGEABLE": True,
    "TWO_FACTOR": True,
    "TWO_FACTOR_ENABLED_METHODS": [AUTHENTICATOR],
    "TWO_FACTOR_RESCUE_EMAIL": False,
    "MULTI_FACTOR_RECOVERY_CODES": True,
    "MULTI_FACTOR_RECOVERY_CODES_N": 8,
    "TOTP_ISSUER": "Open Back Care",
    "LOGIN_URL": "/sign-in",
    "LOGOUT_URL": "/sign-out",
    "LOGOUT_CSRF": True,
    "REGISTER_URL": "/sign-up",
    "CONFIRM_URL": "/confirm",
    "RESET_URL": "/recover",
    "CHANGE_URL": "/password",
    "VERIFY_URL": "/verify",
    "TWO_FACTOR_SETUP_URL": "/second-factor",
    "TWO_FACTOR_TOKEN_VALIDATION_URL": "/code",
    "TWO_FACTOR_RESCUE_URL": "/no-code",
    "TWO_FACTOR_SELECT_URL": "/choose-factor",
    "TWO_FACTOR_POST_SETUP_VIEW": "/account",
    "MULTI_FACTOR_RECOVERY_CODES_URL": "/recovery-codes",
    "MULTI_FACTOR_RECOVERY_URL": "/recovery-code",
    "POST_LOGIN_VIEW": "/registrations",
    "POST_LOGOUT_VIEW": "/",
    "POST_REGISTER_VIEW": f"{PREFIX}/sign-in",
    "POST_CONFIRM_VIEW": f"{PREFIX}/sign-in",
    "CONFIRM_ERROR_VIEW": f"{PREFIX}/confirm",
    "POST_RESET_VIEW": f"{PREFIX}/sign-in",
    "POST_CHANGE_VIEW": PREFIX,
    "EMAIL_HTML": False,
    "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
    "API_ENABLED_METHODS": ["session"],
    "REGISTER_EMAIL_TEMPLATE": "accounts/mail/welcome",
    "REGISTER_EMAIL_EXISTING_TEMPLATE": ALREADY,
    "EMAIL_TEMPLATE_CONFIRM": "accounts/mail/confirm",
    "EMAIL_TEMPLATE_PASSWORD_RESET": "accounts/mail/recover",
    "EMAIL_TEMPLATE_PASSWORD_RESET_NOTICE": "accounts/mail/changed",
    "EMAIL_TEMPLATE_PASSWORD_CHANGE_NOTICE": "accounts/mail/changed",
    "EMAIL_SUBJECT_REGISTER": "Confirm your e-mail address",
    "EMAIL_SUBJECT_CONFIRM": "Confirm your e-mail address",
    "EMAIL_SUBJECT_PASSWORD_RESET": "Choose a new password",
    "EMAIL_SUBJECT_PASSWORD_NOTICE": "Your password was changed",
    "EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": "Your password was changed",
}


def _allow_code_picture(response: Response) -> Response:
    """The square code for an authenticator app is a picture within the page: it holds a secret and is never stored."""
    if request.endpoint == SET_UP_SECOND_FACTOR:
        allowed = CONTENT_SECURITY_POLICY.replace("img-src 'self'", "img-src 'self' data:")
        response.headers["Content-Security-Policy"] = allowed
    return response
