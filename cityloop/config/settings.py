"""All settings, in one file, from the environment. `docs/reference/settings.md` explains each."""

import sys
from pathlib import Path

from cityloop.config import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env.text("CITYLOOP_VAR", "") or BASE_DIR / "var")
TESTING = "pytest" in sys.modules

DEBUG = env.flag("CITYLOOP_DEBUG", False)
SECRET_KEY = env.text("CITYLOOP_SECRET_KEY", "") or env.secret(VAR_DIR, "secret-key")
CONTACT_KEYS = env.contact_keys(VAR_DIR)
ALLOWED_HOSTS = env.items("CITYLOOP_HOSTS", "127.0.0.1,localhost,[::1],testserver")
CSRF_TRUSTED_ORIGINS = env.items("CITYLOOP_ORIGINS", "")
CITY_NAME = env.text("CITYLOOP_CITY", "示范市")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "cityloop.config",
    "cityloop.journal",
    "cityloop.org",
    "cityloop.codes",
    "cityloop.grid",
    "cityloop.workflow",
    "cityloop.limits",
    "cityloop.evidence",
    "cityloop.notify",
    "cityloop.cases",
    "cityloop.intake",
    "cityloop.dispatch",
    "cityloop.patrol",
    "cityloop.evaluation",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cityloop.org.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cityloop.base.views.AddressMiddleware",
    "cityloop.base.views.RefusalMiddleware",
]

ROOT_URLCONF = "cityloop.config.urls"
WSGI_APPLICATION = "cityloop.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "cityloop" / "base" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            # Base is no app, so its tags are named here; every template has them without loading.
            "libraries": {"cityloop": "cityloop.base.templatetags.cityloop"},
            "builtins": ["cityloop.base.templatetags.cityloop"],
        },
    }
]

DATABASES = {"default": env.database(env.text("DATABASE_URL", "") or env.embedded_database(VAR_DIR))}
# GDAL before 3.9 may follow addresses in a spatial reference; ours are numbers that we write, never a stranger's text.
SILENCED_SYSTEM_CHECKS = ["gis.W001"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "org.Person"
AUTHENTICATION_BACKENDS = ["cityloop.org.access.PersonBackend"]
CSRF_FAILURE_VIEW = "cityloop.base.views.csrf_failure"
LOGIN_URL = "org:sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "org:sign_in"
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else ["django.contrib.auth.hashers.Argon2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SIGN_IN_FAILURES = env.number("CITYLOOP_SIGN_IN_FAILURES", 5, least=1)
SIGN_IN_LOCK_MINUTES = env.number("CITYLOOP_SIGN_IN_LOCK_MINUTES", 15, least=1)

SESSION_ENGINE = "cityloop.org.sessions"
SESSION_COOKIE_AGE = env.number("CITYLOOP_SESSION_HOURS", 12, least=1) * 3600
SESSION_COOKIE_SECURE = env.flag("CITYLOOP_HTTPS", False)
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("CITYLOOP_BEHIND_PROXY", False) else None

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "cityloop" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.zone("CITYLOOP_TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [("web", BASE_DIR / "web" / "dist")] if (BASE_DIR / "web" / "dist").exists() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        # Hashed names, so that browsers keep files for good; tests and development read the build as it is.
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# A name with a hash, Django's or the front-end build's, never changes its content: browsers need not ask again.
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{12}\.\w+$|/web/chunks/[\w.-]+-[\w-]{8}\.\w+$"
MEDIA_ROOT = VAR_DIR / "evidence"
EVIDENCE_KEEP_HOURS = env.number("CITYLOOP_EVIDENCE_KEEP_HOURS", 72, least=1)
EVIDENCE_FILES_A_DAY = env.number("CITYLOOP_EVIDENCE_FILES_A_DAY", 1000, least=1)
EVIDENCE_MEGABYTES_A_DAY = env.number("CITYLOOP_EVIDENCE_MEGABYTES_A_DAY", 4096, least=1)
# Jobs are named here: apps have no modules that are found by their name.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["cityloop.grid.exchange.jobs"]
IMPORT_ROOT = VAR_DIR / "imports"
IMAGERY_ROOT = VAR_DIR / "imagery"
IMAGERY_BYTES = env.number("CITYLOOP_IMAGERY_MEGABYTES", 20480, least=1) << 20
IMPORT_BYTES = env.number("CITYLOOP_IMPORT_MEGABYTES", 200, least=1) << 20
IMPORT_UNPACKED_BYTES = env.number("CITYLOOP_IMPORT_UNPACKED_MEGABYTES", 2048, least=1) << 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

TILE_CACHE_MB = env.number("CITYLOOP_TILE_CACHE_MB", 64, least=1)
BASE_MAP = env.base_map(env.text("CITYLOOP_BASE_MAP", ""))
BASE_MAP_ATTRIBUTION = env.text("CITYLOOP_BASE_MAP_ATTRIBUTION", "")

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.choice("CITYLOOP_LOG_LEVEL", "WARNING", LOG_LEVELS)},
}
