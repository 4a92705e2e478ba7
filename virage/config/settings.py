"""One settings file; what differs between places is an environment variable (see `environment.py`)."""

import os
import sys
from pathlib import Path

from virage.config import environment

BASE_DIR = Path(__file__).resolve().parents[2]
ENVIRONMENT = environment.read_or_exit(os.environ)

DEBUG = ENVIRONMENT.debug
DEMO = ENVIRONMENT.demo
SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
PUBLIC_URL = ENVIRONMENT.public_url
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
DOCUMENTS_DIR = ENVIRONMENT.documents_dir
DOCUMENT_KEYS_DIR = ENVIRONMENT.document_keys_dir
CLAMAV = ENVIRONMENT.scanner
JOURNAL_KEYS_DIR = DOCUMENT_KEYS_DIR / "journal"  # those that sign the heads of the journal
DATABASES = {"default": ENVIRONMENT.database}

# Shared by all processes: it counts attempts to sign in.
# Room enough that nobody empties it, and with it the counts, by trying many addresses.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},  # Django's 300 would let anybody push the counters of attempts out
    }
}

INSTALLED_APPS = [
    "virage.config",
    "virage.web",
    "virage.privacy",
    "virage.activity",
    "virage.billing",
    "virage.teleexpertise",
    "virage.acts",
    "virage.projects",
    "virage.records",
    "virage.questionnaires",
    "virage.accounts",
    "virage.notifications",
    "virage.journal",
    "virage.ui",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "virage.web.watch.middleware.watched",
    "virage.ui.middleware.security_headers",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "virage.web.guard.middleware.guard",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "virage.web.middleware.membership",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "virage.web.guard.middleware.throttle",
    "virage.accounts.middleware.for_scripts",
    "virage.accounts.middleware.sessions",
    "virage.accounts.middleware.second_factor",
    "virage.web.middleware.refusals",
]

ROOT_URLCONF = "virage.config.urls"
WSGI_APPLICATION = "virage.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "virage.web.context.layout",
            ],
            "builtins": ["virage.ui.templatetags.ui", "django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
FORM_RENDERER = "virage.ui.forms.Renderer"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "virage.accounts.adapters.account.AccountAdapter"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# Providers of identity (OpenID Connect): whoever they name has an account already, or an invitation.
IDENTITY_PROVIDERS = ENVIRONMENT.providers
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [provider.app for provider in IDENTITY_PROVIDERS]}}
SOCIALACCOUNT_ADAPTER = "virage.accounts.adapters.social.SocialAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {
    "login": "virage.accounts.forms.sign_in.SignInForm",
    "reauthenticate": "virage.accounts.forms.sign_in.PasswordAgainForm",
    "reset_password": "virage.accounts.forms.passwords.ForgottenForm",
    "reset_password_from_key": "virage.accounts.forms.passwords.NewPasswordForm",
    "change_password": "virage.accounts.forms.passwords.ChangeForm",
}
# Failures per address of the network, then per account (project defaults).
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,100/h/ip,5/10m/key", "reset_password": "20/m/ip,3/10m/key"}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 3600  # seconds that a link to a new password serves
MFA_ADAPTER = "virage.accounts.adapters.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the structure gives the address: nobody opens an account alone
STRONG_PROVIDERS = ("psc",)  # who signs in by these has shown a card already
MFA_TOTP_ISSUER = "Virage"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds: clocks differ; a code serves once (`forms.factors`)
MFA_FORMS = {
    "authenticate": "virage.accounts.forms.factors.CodeForm",
    "authenticate_webauthn": "virage.accounts.forms.factors.KeyForm",
    "reauthenticate": "virage.accounts.forms.factors.CodeAgainForm",
    "login_webauthn": "virage.accounts.forms.factors.PasskeyForm",
    "activate_totp": "virage.accounts.forms.factors.AppForm",
    "add_webauthn": "virage.accounts.forms.factors.NewKeyForm",
    "edit_webauthn": "virage.accounts.forms.factors.RenameKeyForm",
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSIONS = ENVIRONMENT.sessions
SESSION_COOKIE_AGE = SESSIONS.longest
CSRF_FAILURE_VIEW = "virage.web.views.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SESSION_COOKIE_SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SESSION_COOKIE_SECURE else 0
# What a proxy says of a request is believed only where one stands: without it, anybody could write these headers.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.trusted_proxies else None
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.trusted_proxies
SECURE_REDIRECT_EXEMPT = [r"^sante/", r"^metrics$"]  # asked by machines of the house, on the process's own port
X_FRAME_OPTIONS = "DENY"
METRICS_TOKEN = ENVIRONMENT.running.metrics_token
METRICS_NETWORKS = ENVIRONMENT.running.metrics_networks
METRICS_SHARED = bool(os.environ.get("PROMETHEUS_MULTIPROC_DIR"))  # read by prometheus_client itself
RATE_FACTOR = ENVIRONMENT.running.rate_factor
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 26_500_000  # above the largest document (`records.rules.content.LIMIT`) and its form
# Never a temporary file: what is uploaded is health data and touches the disk encrypted only. Larger ones are dropped.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "language"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if ENVIRONMENT.hashed_statics else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if ENVIRONMENT.hashed_statics
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not ENVIRONMENT.hashed_statics
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

EMAIL_BACKEND = ENVIRONMENT.email["backend"]
EMAIL_HOST = ENVIRONMENT.email["host"]
EMAIL_PORT = ENVIRONMENT.email["port"]
EMAIL_HOST_USER = ENVIRONMENT.email["user"]
EMAIL_HOST_PASSWORD = ENVIRONMENT.email["password"]
EMAIL_USE_TLS, EMAIL_USE_SSL = ENVIRONMENT.email["tls"], ENVIRONMENT.email["ssl"]
EMAIL_TIMEOUT = 30  # seconds
DEFAULT_FROM_EMAIL = ENVIRONMENT.email["sender"]
SMS_URL = ENVIRONMENT.sms.url
SMS_TOKEN = ENVIRONMENT.sms.token
SMS_SENDER = ENVIRONMENT.sms.sender
SMS_TIMEOUT = ENVIRONMENT.sms.timeout

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

LOG_FORMAT = ENVIRONMENT.running.log_format or ("line" if DEMO or DEBUG else "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"routes": {"()": "virage.web.watch.logs.Routes"}},
    "formatters": {
        "line": {"()": "virage.web.watch.logs.Line", "format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "virage.web.watch.logs.Json"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "stream": sys.stderr,
            "formatter": LOG_FORMAT,
            "filters": ["routes"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},  # no errors by e-mail: a page that failed holds health data
        "virage": {"level": "INFO"},
        "virage.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
        "procrastinate": {"level": "WARNING"},
    },
}
