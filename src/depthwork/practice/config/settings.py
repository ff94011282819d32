"""One set of settings for every practice. What differs comes from the practice's folder and the environment."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from depthwork.practice.config.database import database
from depthwork.practice.config.home import home, secret_key
from depthwork.practice.config.mail import TIMEOUT_S, mail_server

HOME = home()
SECRET_KEY = secret_key(HOME)
DEBUG = False

# With a public origin the site is reached by others: https, secure cookies, and on that host only client routes.
PUBLIC_ORIGIN = os.environ.get("DEPTHWORK_PUBLIC_ORIGIN", "").rstrip("/")
IS_PUBLIC = bool(PUBLIC_ORIGIN)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
if IS_PUBLIC:
    ALLOWED_HOSTS.append(PUBLIC_ORIGIN.split("://", 1)[1].split(":")[0])
    CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # the login package's own pages use it
    "depthwork.practice.people",  # before the login package: our templates stand in front of its own
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "depthwork.practice.vault",
    "depthwork.practice.audit",
    "depthwork.practice.policy",
    "depthwork.practice.treatments",
    "depthwork.practice.intake",
    "depthwork.practice.record",
    "depthwork.practice.sources",
    "depthwork.practice.tracking",
    "depthwork.practice.casework",
    "depthwork.practice.formulation",
    "depthwork.practice.supervision",
    "depthwork.practice.coverage",
    "depthwork.practice.portal",
    "depthwork.practice.disclosure",
    "depthwork.practice.api",
    "depthwork.practice.ui",
    "django.forms",  # after ui, whose widgets stand in front of Django's own
]

MIDDLEWARE = [
    "depthwork.practice.config.proxy.ProxyMiddleware",  # before anything that counts who asks
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "depthwork.practice.config.rows.RowsMiddleware",  # before anybody's rows are asked for
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "depthwork.practice.people.middleware.UnlockMiddleware",
    "depthwork.practice.treatments.chosen.CourseMiddleware",
    "depthwork.practice.people.middleware.BrowserMiddleware",
    "depthwork.practice.api.door.TokenMiddleware",  # before the policy, which asks who it is
    "depthwork.practice.ui.errors.SealMiddleware",  # before the policy, whose note of a broken seal comes first
    "depthwork.practice.policy.middleware.PolicyMiddleware",
]

ROOT_URLCONF = "depthwork.practice.config.urls"
WSGI_APPLICATION = "depthwork.practice.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [Path(__file__).resolve().parent.parent / "ui" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "depthwork.practice.people.context.people",
                "depthwork.practice.ui.nav.book",
                "depthwork.practice.ui.tour.tour",
            ],
            "builtins": ["depthwork.practice.ui.templatetags.book"],
        },
    }
]
FORM_RENDERER = "depthwork.practice.ui.forms.Book"

DATABASES = {"default": database(HOME)}
# On PostgreSQL: the role that serves pages. It owns nothing; `migrate` gives it what it needs (config/walls.py).
DATABASE_SITE_ROLE = os.environ.get("DEPTHWORK_SITE_ROLE", "depthwork_site")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared between workers, so that rate limits count once. Holds no clinical text.
CACHES = {
    "default": {
        "BACKEND": "depthwork.practice.config.counts.Counts",
        "LOCATION": str(HOME / "counts.sqlite3"),
    }
    if DATABASES["default"]["ENGINE"].endswith("sqlite3")
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
}

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["depthwork.practice.people.backends.PassphraseBackend"]
PASSWORD_HASHERS = ["depthwork.practice.people.hashers.VaultHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "depthwork.practice.people.blocklist.NotAmongTheCommonest"},
]

ACCOUNT_ADAPTER = "depthwork.practice.people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_DISPLAY = "depthwork.practice.people.adapter.display"
ACCOUNT_FORMS = {
    "login": "depthwork.practice.people.forms.SignInForm",
    "reauthenticate": "depthwork.practice.people.forms.PassphraseAgainForm",
    "change_password": "depthwork.practice.people.forms.AnotherPassphraseForm",
}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "recover": "10/m/ip",
    "unlock": "5/5m/key",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_ADAPTER = "depthwork.practice.people.adapter.MfaAdapter"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-session" if IS_PUBLIC else "dw-session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_PUBLIC
CSRF_COOKIE_NAME = "__Host-csrf" if IS_PUBLIC else "dw-csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = IS_PUBLIC
CSRF_FAILURE_VIEW = "depthwork.practice.ui.errors.csrf_failure"
IDLE_LOCK_SECONDS = 15 * 60
WATCHES_MEMORY = True  # a thread looks every half minute whether what is kept of a sign-in may be kept
# Which engine proposes cues; passages to read again always come from our own.
CUE_ENGINE = os.environ.get("DEPTHWORK_CUE_ENGINE", "depthwork")

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False
if IS_PUBLIC:
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        # Words become markup in one place: where a browser parses a page that our own server sent (js/first.js).
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default"],
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# Uploads stay in memory: a temporary file would hold plain text.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español")]
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "ui" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# The one way out, and only where the practice names a server of its own. A mail holds a link and no content.
MAIL = mail_server(os.environ)
MAIL_LINK = os.environ.get("DEPTHWORK_MAIL_LINK", PUBLIC_ORIGIN)
EMAIL_BACKEND = MAIL.backend
EMAIL_HOST, EMAIL_PORT, EMAIL_TIMEOUT = MAIL.host or "localhost", MAIL.port, TIMEOUT_S
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.tls == "starttls", MAIL.tls == "tls"
DEFAULT_FROM_EMAIL = MAIL.sender
DEFAULT_EXCEPTION_REPORTER = "depthwork.practice.people.errors.QuietReporter"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"quiet": {"()": "depthwork.practice.people.errors.QuietFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "quiet"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
