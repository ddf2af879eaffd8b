"""Django settings, read once from the environment and the data directory."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from linkstar.config.database import database
from linkstar.config.places import Places, places

PLACES: Places = places()
PLACES.data.mkdir(parents=True, exist_ok=True)
PRINTERS = {
    "statement": "linkstar.web.settlements.printed.printed_statement",
    "settlement": "linkstar.web.settlements.printed.printed_settlement",
}
"""What jobs print, and the face that knows how, by the id of what is printed."""


def _secret_key() -> str:
    """The installation's own key, made once and readable by its owner only."""
    if not PLACES.secret.exists():
        handle = os.open(PLACES.secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return PLACES.secret.read_text()


SECRET_KEY = os.environ.get("LINKSTAR_SECRET_KEY") or _secret_key()
SECRET_KEY_FALLBACKS = [
    key for key in os.environ.get("LINKSTAR_SECRET_KEY_FALLBACKS", "").split(",") if key
]
DEBUG = os.environ.get("LINKSTAR_DEBUG") == "1"
BASE_URL = os.environ.get("LINKSTAR_BASE_URL", "http://127.0.0.1:8000")
COLLECTOR_URL = os.environ.get("LINKSTAR_COLLECTOR_URL") or (
    f"{BASE_URL.partition(':')[0]}://{urlsplit(BASE_URL).hostname}"
    f":{os.environ.get('LINKSTAR_COLLECTOR_PORT', '8001')}"
)
TRUSTED_PROXIES = int(os.environ.get("LINKSTAR_TRUSTED_PROXIES", "0"))
API_CALLS_PER_MINUTE = int(os.environ.get("LINKSTAR_API_CALLS_PER_MINUTE", "600"))
"""How often one key may call."""
API_CALLS_WITHOUT_KEY_PER_MINUTE = int(
    os.environ.get("LINKSTAR_API_CALLS_WITHOUT_KEY_PER_MINUTE", "60")
)
"""How often one address may call the API without a key that works."""
VISITOR_DAYS = int(os.environ.get("LINKSTAR_VISITOR_DAYS", "90"))
PAPER_MONTHS = int(os.environ.get("LINKSTAR_PAPER_MONTHS", "36"))
EVENT_MONTHS = int(os.environ.get("LINKSTAR_EVENT_MONTHS", "25"))
ECB_RATES = os.environ.get("LINKSTAR_ECB_RATES") or (
    "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist-90d.xml"
)
"""Where reference rates are fetched: an https address, the path of a file, or `off`."""
SECURE = BASE_URL.startswith("https://")
BASE_HOST = urlsplit(BASE_URL).hostname or "127.0.0.1"
ALLOWED_HOSTS = os.environ.get("LINKSTAR_HOSTS", f"127.0.0.1,localhost,[::1],{BASE_HOST}").split(
    ","
)
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # allauth's list of passkeys uses its filters
    "django.forms",
    "linkstar.web",  # before allauth, whose pages it restyles
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "linkstar.accounts",
    "linkstar.catalog",
    "linkstar.creators",
    "linkstar.plans",
    "linkstar.collaborations",
    "linkstar.recruiting",
    "linkstar.recommendations",
    "linkstar.benchmarks",
    "linkstar.connectors",
    "linkstar.tracking",
    "linkstar.ledger",
    "linkstar.exchange",
    "linkstar.orders",
    "linkstar.attribution",
    "linkstar.commissions",
    "linkstar.settlements",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "linkstar.web.guards.FetchSiteMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "linkstar.web.guards.SessionAgeMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "linkstar.web.middleware.WorkspaceMiddleware",
]

ROOT_URLCONF = "linkstar.config.urls"
WSGI_APPLICATION = "linkstar.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "linkstar.web.context.shell",
            ],
        },
    }
]

DATABASES = {"default": database(PLACES, os.environ.get("LINKSTAR_POSTGRES", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "linkstar.accounts.passwords.LongEnough",
        "OPTIONS": {"min_length": 8},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
ACCOUNT_SIGNUP_ALLOWED = os.environ.get("LINKSTAR_OPEN_SIGNUP") == "1"
ACCOUNT_ADAPTER = "linkstar.web.adapter.AccountAdapter"
ACCOUNT_FORMS = {"signup": "linkstar.web.signup.SignupForm"}
ACCOUNT_RATE_LIMITS = {
    "login_failed": "5/m/key,20/m/ip",
    "reset_password": "20/m/ip,2/m/key",
    "signup": "10/m/ip",
}
TWO_FACTOR_REQUIRED = frozenset(os.environ.get("LINKSTAR_REQUIRE_TWO_FACTOR", "").split(",")) - {""}
"""Of `operators`, `reviewers` and `owners`, those who cannot go on without a second factor."""
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_NAME = "__Host-linkstar" if SECURE else "linkstar"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SILENCED_SYSTEM_CHECKS = ["security.W021"]  # the owner of the domain decides on preloading
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "style-src-attr": ["'unsafe-inline'"],  # charts place their own tooltips
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

LANGUAGE_CODE = os.environ.get("LINKSTAR_LANGUAGE", "zh-hans")
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "linkstar_language"
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = PLACES.data / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

STILL_CHARTS = os.environ.get("LINKSTAR_STILL") == "1"  # charts without motion, for screenshots

FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# Counts of attempts are shared by all processes of the web server.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": PLACES.data / "cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("LINKSTAR_EMAIL_FROM", f"linkstar@{BASE_HOST}")
if os.environ.get("LINKSTAR_EMAIL_HOST"):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = os.environ["LINKSTAR_EMAIL_HOST"]
    EMAIL_PORT = int(os.environ.get("LINKSTAR_EMAIL_PORT", "587"))
    EMAIL_HOST_USER = os.environ.get("LINKSTAR_EMAIL_USER", "")
    EMAIL_HOST_PASSWORD = os.environ.get("LINKSTAR_EMAIL_PASSWORD", "")
    EMAIL_USE_TLS = os.environ.get("LINKSTAR_EMAIL_TLS", "1") == "1"
    EMAIL_TIMEOUT = 15
elif os.environ.get("LINKSTAR_EMAIL_FOLDER"):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = os.environ["LINKSTAR_EMAIL_FOLDER"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
