"""All settings. Each environment variable is read here once and described in docs/settings.md."""

import secrets
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from cms.environment import Environment

env = Environment()
BASE_DIR = Path(__file__).resolve().parent.parent

# In "demo" the product runs without any set-up, for this machine only. "production" asks for what
# it needs and refuses demo data.
MODE = env.choice("NGO_SO_MODE", ("demo", "production"), "demo")
DEMO = MODE == "demo"
DEBUG = False

DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / ".data")))
DATA_DIR.mkdir(parents=True, exist_ok=True)


def demo_secret_key() -> str:
    """A random key of this clone, made once: a key that stood in the repository would be public."""
    path = DATA_DIR / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = env.text("SECRET_KEY") or demo_secret_key() if DEMO else env.secret("SECRET_KEY")
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", LOCAL_HOSTS if DEMO else [])
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is empty; set it to the site's host names, separated by commas."
    )
# Printed on cards and in QR codes, so it must be the address that residents' phones reach.
BASE_URL = env.text("BASE_URL", "http://localhost:8000" if DEMO else f"https://{ALLOWED_HOSTS[0]}")
if not BASE_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured(f"BASE_URL is {BASE_URL!r}; expected an address like https://….")
BASE_URL = BASE_URL.rstrip("/")
DEMO_PASSWORD = env.text("DEMO_PASSWORD", "ngo-so-demo")

INSTALLED_APPS = [
    "cms",
    "outreach",
    "volunteers",
    "courses",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.users",
    "wagtail.admin",
    "wagtail.search",
    "wagtail.sites",
    "wagtail.contrib.routable_page",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "crispy_forms",
    "allauth",
    "allauth.account",
    "django_tasks",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
]

MIDDLEWARE = [
    "cms.plain_requests.Utf8Middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "courses.middleware.SameForEveryoneMiddleware",
    "outreach.api.answers.ApiMiddleware",
    "cms.plain_requests.NullCharacterMiddleware",
    "cms.content_security.ContentSecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "volunteers.middleware.PasswordChangeMiddleware",
    "cms.admin_door.AdminDoorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cms.context_processors.product",
            ],
        },
    }
]
CRISPY_TEMPLATE_PACK = "ngo_so"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("ngo_so",)
# Server-side validation gives every error in good Vietnamese, with what to do next.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database: SQLite with full durability, or PostgreSQL by DATABASE_URL.
try:
    DATABASES = {
        "default": dj_database_url.parse(
            env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'ngo-so.sqlite3'}"), conn_max_age=600
        )
    }
except (dj_database_url.UnknownSchemeError, ValueError) as error:
    raise ImproperlyConfigured(
        "DATABASE_URL cannot be read; expected sqlite:////path/to/file or "
        "postgres://user:password@host:port/name."
    ) from error
DATABASE_ENGINE = DATABASES["default"]["ENGINE"].rsplit(".", 1)[-1]
if DATABASE_ENGINE == "sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        # FULL, because what a volunteer was told is saved must survive a power cut.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    # A file, so that test runs can keep it and browser tests can share it between threads.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
elif DATABASE_ENGINE != "postgresql":
    raise ImproperlyConfigured(
        f"DATABASE_URL names the engine {DATABASE_ENGINE}; Ngõ Số runs on sqlite and postgres."
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Language and time. Every page is Vietnamese, whatever language a phone was set to in the shop;
# staff may choose English for the admin in their account. "Today" is the ward's.
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "cms" / "wagtail_locale"]
FORMAT_MODULE_PATH = ["cms.formats"]
USE_I18N = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

# People and log-ins.
AUTH_USER_MODEL = "volunteers.User"
AUTHENTICATION_BACKENDS = ["volunteers.login.UsernameOrPhoneBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "phone")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "after_login"
ACCOUNT_ADAPTER = "volunteers.login.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "volunteers.forms.login.Login",
    "change_password": "volunteers.forms.login.ChoosePassword",
    "reauthenticate": "volunteers.forms.login.ConfirmPassword",
}
# A hundred volunteers behind the address of one community house log in together; guesses at one
# account end after ten.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "10/5m/key,300/5m/ip"}

# Wagtail.
WAGTAIL_SITE_NAME = "Ngõ Số"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_DATE_FORMAT = "%d/%m/%Y"
WAGTAIL_DATETIME_FORMAT = "%d/%m/%Y %H:%M"
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAILEMBEDS_FINDERS: list = []
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
# "simple", because PostgreSQL's English default drops Vietnamese syllables like "an" and "do".
WAGTAILSEARCH_BACKENDS = {
    "default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "simple"}
}

# Static files and uploads.
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEMO
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEMO
FILE_UPLOAD_PERMISSIONS = 0o600

# The browser.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"  # Wagtail's previews lift it for their own frame.
SECURE_SSL_REDIRECT = not DEMO
SECURE_HSTS_SECONDS = 0 if DEMO else env.integer("HSTS_SECONDS", 31_536_000, 0, 63_072_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
SECURE_HSTS_PRELOAD = not DEMO
BEHIND_PROXY = env.boolean("BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Otherwise everybody would share the proxy's address, and its limit of attempts.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SESSION_COOKIE_NAME = "sessionid" if DEMO else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if DEMO else "__Host-csrftoken"
CSRF_COOKIE_HTTPONLY = False  # Wagtail's admin scripts read it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
