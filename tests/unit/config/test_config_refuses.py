"""Settings come from the environment; an unsafe or unreadable one refuses to start and says why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import config
from config import DEVELOPMENT_SECRET, ROOT, UnsafeSettings, read_settings

SECRET = "Zt7-qkV2mPz0yR4wLx9cB1nD6sF8hJ3gA5eU"
PRODUCTION = {"KL_ENV": "production", "KL_SECRET_KEY": SECRET}

# name -> (what is set, the setting that the reason names)
BAD = {
    "an environment nobody knows": ({"KL_ENV": "prod"}, "KL_ENV"),
    "an empty environment": ({"KL_ENV": ""}, "KL_ENV"),
    "production without a secret": ({"KL_ENV": "production"}, "KL_SECRET_KEY"),
    "a short secret": ({"KL_SECRET_KEY": SECRET[:31]}, "KL_SECRET_KEY"),
    "a short secret in production": ({**PRODUCTION, "KL_SECRET_KEY": SECRET[:31]}, "KL_SECRET_KEY"),
    "the secret of development in production": (
        {**PRODUCTION, "KL_SECRET_KEY": DEVELOPMENT_SECRET},
        "KL_SECRET_KEY",
    ),
    "a secret of one letter in production": ({**PRODUCTION, "KL_SECRET_KEY": "a" * 64}, "KL_SECRET_KEY"),
    "plain cookies in production": ({**PRODUCTION, "KL_SECURE_COOKIES": "0"}, "KL_SECURE_COOKIES"),
    "cookies switched by a word": ({"KL_SECURE_COOKIES": "yes"}, "KL_SECURE_COOKIES"),
    "another database": ({"KL_DATABASE_URL": "mysql://ketluan:mat-khau@localhost/kl"}, "KL_DATABASE_URL"),
    "another driver": ({"KL_DATABASE_URL": "postgresql+asyncpg://localhost/kl"}, "KL_DATABASE_URL"),
    "a path instead of an address": ({"KL_DATABASE_URL": "/srv/ketluan.db"}, "KL_DATABASE_URL"),
    "idle time that is no number": ({"KL_SESSION_IDLE_MINUTES": "half an hour"}, "KL_SESSION_IDLE_MINUTES"),
    "idle time too short": ({"KL_SESSION_IDLE_MINUTES": "4"}, "KL_SESSION_IDLE_MINUTES"),
    "idle time too long": ({"KL_SESSION_IDLE_MINUTES": "481"}, "KL_SESSION_IDLE_MINUTES"),
    "a negative number": ({"KL_SESSION_HOURS": "-1"}, "KL_SESSION_HOURS"),
    "a session of days": ({"KL_SESSION_HOURS": "25"}, "KL_SESSION_HOURS"),
    "a figure that is no ASCII digit": ({"KL_SESSION_HOURS": "²"}, "KL_SESSION_HOURS"),
    "uploads without a limit": ({"KL_MAX_UPLOAD_MB": "0"}, "KL_MAX_UPLOAD_MB"),
    "more proxies than anybody has": ({"KL_TRUSTED_PROXIES": "4"}, "KL_TRUSTED_PROXIES"),
    "a public address that is none": ({"KL_PUBLIC_ADDRESS": "ketluan"}, "KL_PUBLIC_ADDRESS"),
    "a port that is none": ({"KL_PORT": "0"}, "KL_PORT"),
    "mails by an unknown security": (
        {"KL_SMTP_HOST": "thu.vidu.example", "KL_SMTP_SECURITY": "ssl"},
        "KL_SMTP_SECURITY",
    ),
    "mails in the clear to another machine": (
        {"KL_SMTP_HOST": "thu.vidu.example", "KL_SMTP_SECURITY": "none", "KL_SMTP_FROM": "a@vidu.example"},
        "KL_SMTP_SECURITY",
    ),
    "mails from nobody": ({"KL_SMTP_HOST": "thu.vidu.example"}, "KL_SMTP_FROM"),
    "mails from two lines": (
        {"KL_SMTP_HOST": "thu.vidu.example", "KL_SMTP_FROM": "a@vidu.example\nBcc: b@vidu.example"},
        "KL_SMTP_FROM",
    ),
    "mails to a port that is none": (
        {"KL_SMTP_HOST": "thu.vidu.example", "KL_SMTP_FROM": "a@vidu.example", "KL_SMTP_PORT": "66000"},
        "KL_SMTP_PORT",
    ),
    "mails by a user without a password": (
        {"KL_SMTP_HOST": "thu.vidu.example", "KL_SMTP_FROM": "a@vidu.example", "KL_SMTP_USER": "nhacviec"},
        "KL_SMTP_USER",
    ),
    "mails with a password that cannot be read": (
        {
            "KL_SMTP_HOST": "thu.vidu.example",
            "KL_SMTP_FROM": "a@vidu.example",
            "KL_SMTP_USER": "nhacviec",
            "KL_SMTP_PASSWORD_FILE": "/khong/co/tep",
        },
        "KL_SMTP_PASSWORD_FILE",
    ),
    "uploads of a whole disk": ({"KL_MAX_UPLOAD_MB": "201"}, "KL_MAX_UPLOAD_MB"),
    "a key with a strange name": ({"KL_SIGN_KEYS": "Lãnh-đạo"}, "KL_SIGN_KEYS"),
    "a key named twice": ({"KL_SIGN_KEYS": "a a"}, "KL_SIGN_KEYS"),
    "a key without a place": ({"KL_SIGN_KEYS": "a", "KL_SIGN_A_PIN": "mat-khau"}, "KL_SIGN_A_FILE"),
    "a key in two places": (
        {"KL_SIGN_KEYS": "a", "KL_SIGN_A_FILE": "/x", "KL_SIGN_A_LIBRARY": "/y"},
        "KL_SIGN_A_FILE",
    ),
    "a key without a PIN": ({"KL_SIGN_KEYS": "a", "KL_SIGN_A_FILE": "/khong/co.p12"}, "KL_SIGN_A_PIN"),
    "a key file that is not there": (
        {"KL_SIGN_KEYS": "a", "KL_SIGN_A_FILE": "/khong/co.p12", "KL_SIGN_A_PIN": "mat-khau"},
        "KL_SIGN_A_FILE",
    ),
    "a key that everybody may read": (
        {"KL_SIGN_KEYS": "a", "KL_SIGN_A_FILE": "/etc/hosts", "KL_SIGN_A_PIN": "mat-khau"},
        "KL_SIGN_A_FILE",
    ),
    "a key among the sources": (
        {"KL_SIGN_KEYS": "a", "KL_SIGN_A_FILE": str(ROOT / "wsgi.py"), "KL_SIGN_A_PIN": "mat-khau"},
        "KL_SIGN_A_FILE",
    ),
    "a PIN file that is not there": (
        {"KL_SIGN_KEYS": "a", "KL_SIGN_A_FILE": "/x", "KL_SIGN_A_PIN_FILE": "/khong/co"},
        "KL_SIGN_A_PIN_FILE",
    ),
    "a token without a library": (
        {"KL_SIGN_KEYS": "a", "KL_SIGN_A_LIBRARY": "/khong/co.so", "KL_SIGN_A_PIN": "mat-khau"},
        "KL_SIGN_A_LIBRARY",
    ),
    "a token without a name": (
        {"KL_SIGN_KEYS": "a", "KL_SIGN_A_LIBRARY": sys.executable, "KL_SIGN_A_PIN": "mat-khau"},
        "KL_SIGN_A_TOKEN",
    ),
    "a root that is not there": ({"KL_SIGN_ROOTS": "/khong/co.pem"}, "KL_SIGN_ROOTS"),
    "a root that is none": ({"KL_SIGN_ROOTS": "/etc/hosts"}, "KL_SIGN_ROOTS"),
    "a root of time stamps that is not there": (
        {"KL_SIGN_TIME_ROOTS": "/khong/co.pem"},
        "KL_SIGN_TIME_ROOTS",
    ),
    "a list of withdrawn certificates that is none": ({"KL_SIGN_CRLS": "/etc/hosts"}, "KL_SIGN_CRLS"),
    "an address where a host is asked for": (
        {"KL_SIGN_REVOCATION_HOSTS": "http://ocsp.vidu.example/"},
        "KL_SIGN_REVOCATION_HOSTS",
    ),
    "a time-stamping service that is no address": ({"KL_TSA": "tsa"}, "KL_TSA"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_setting_is_refused_by_its_name_and_never_shown(case, tmp_path, capsys):
    environ, named = BAD[case]
    with pytest.raises(UnsafeSettings) as refused:
        read_settings({"KL_DATA_DIR": str(tmp_path), **environ})
    assert refused.value.code == 78
    said = capsys.readouterr().err
    assert said == f"Không khởi động: {refused.value.reason}\n"
    assert said.count("\n") == 1 and named in said
    for key, value in environ.items():
        if "SECRET" in key or "DATABASE" in key:
            assert value not in said
    assert "mat-khau" not in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "command"),
    [
        ("plain cookies in production", ["-m", "flask", "--app", "wsgi", "routes"]),
        ("production without a secret", ["-c", "import wsgi"]),
        ("another database", ["-c", "import wsgi"]),
    ],
    ids=["flask", "wsgi without a secret", "wsgi with another database"],
)
def test_a_bad_setting_stops_the_process_with_78(case, command, tmp_path):
    environ, named = BAD[case]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("KL_")}
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**kept, "KL_DATA_DIR": str(tmp_path), **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 78, ended.stderr
    assert ended.stdout == ""
    assert ended.stderr.startswith("Không khởi động: ") and named in ended.stderr
    assert "mat-khau" not in ended.stderr and "Traceback" not in ended.stderr


def test_development_starts_with_nothing_set(tmp_path):
    settings = read_settings({"KL_DATA_DIR": str(tmp_path)})
    assert settings.environment == "development"
    assert settings.database_url == f"sqlite:///{tmp_path}/ketluan.db"
    assert settings.is_sqlite and not settings.secure_cookies
    assert settings.secret_key == DEVELOPMENT_SECRET
    assert (settings.session_idle_minutes, settings.session_absolute_hours) == (30, 8)
    assert settings.max_upload_bytes == 25 * 1024 * 1024


def test_development_takes_the_secret_that_set_up_made(tmp_path):
    (tmp_path / "secret").write_text(f"{SECRET}\n", encoding="ascii")
    assert read_settings({"KL_DATA_DIR": str(tmp_path)}).secret_key == SECRET


def test_production_does_not_take_a_secret_from_a_file(tmp_path):
    (tmp_path / "secret").write_text(SECRET, encoding="ascii")
    with pytest.raises(UnsafeSettings):
        read_settings({"KL_ENV": "production", "KL_DATA_DIR": str(tmp_path)})


def test_production_has_secure_cookies_without_being_told(tmp_path):
    settings = read_settings({**PRODUCTION, "KL_DATA_DIR": str(tmp_path)})
    assert settings.secure_cookies and settings.environment == "production"


@pytest.mark.parametrize("url", ["postgres://u@h/kl", "postgresql://u@h/kl", "postgresql+psycopg://u@h/kl"])
def test_every_spelling_of_postgresql_means_psycopg(url, tmp_path):
    settings = read_settings({"KL_DATABASE_URL": url, "KL_DATA_DIR": str(tmp_path)})
    assert settings.database_url == "postgresql+psycopg://u@h/kl"
    assert not settings.is_sqlite


def test_the_limits_themselves_are_allowed(tmp_path):
    low = {"KL_SESSION_IDLE_MINUTES": "5", "KL_SESSION_HOURS": "1", "KL_MAX_UPLOAD_MB": "1"}
    high = {"KL_SESSION_IDLE_MINUTES": "480", "KL_SESSION_HOURS": "24", "KL_MAX_UPLOAD_MB": " 200 "}
    assert read_settings({**low, "KL_DATA_DIR": str(tmp_path)}).max_upload_bytes == 1024 * 1024
    assert read_settings({**high, "KL_DATA_DIR": str(tmp_path)}).session_absolute_hours == 24


def test_settings_that_are_printed_keep_their_secrets(tmp_path):
    url = "postgresql://ketluan:mat-khau@h/kl"
    shown = repr(read_settings({**PRODUCTION, "KL_DATABASE_URL": url, "KL_DATA_DIR": str(tmp_path)}))
    assert SECRET not in shown and "mat-khau" not in shown
    assert "production" in shown


def test_every_setting_that_is_read_is_written_down_here():
    """A new setting needs its bad values in the table above."""
    source = Path(config.__file__).read_text(encoding="utf-8")
    read = {word for word in source.replace('"', " ").split() if word.startswith("KL_") and word.isupper()}
    tried = {key for environ, _ in BAD.values() for key in environ} | {"KL_DATA_DIR"}
    assert {name.rstrip("=0,.") for name in read} <= tried


def test_a_key_in_a_closed_file_is_taken_and_its_pin_is_never_shown(tmp_path, capsys):
    key, pin, root = tmp_path / "lanh-dao.p12", tmp_path / "pin", tmp_path / "goc.pem"
    key.write_bytes(b"\x30\x82")
    pin.write_text("mat-khau\n")
    root.write_text("-----BEGIN CERTIFICATE-----\n")
    for path in (key, pin):
        path.chmod(0o600)
    environ = {
        "KL_DATA_DIR": str(tmp_path), "KL_SIGN_KEYS": "lanhdao", "KL_SIGN_LANHDAO_FILE": str(key),
        "KL_SIGN_LANHDAO_PIN_FILE": str(pin), "KL_SIGN_ROOTS": str(root),
    }  # fmt: skip
    read = read_settings(environ)
    assert [(one.name, one.pin, one.file) for one in read.signing.keys] == [("lanhdao", "mat-khau", key)]
    assert "mat-khau" not in repr(read)
    assert read.signing.hosts == frozenset()
    asked = read_settings({**environ, "KL_SIGN_REVOCATION_HOSTS": "ocsp.ca.gov.vn  127.0.0.1:8080"})
    assert asked.signing.hosts == {"ocsp.ca.gov.vn", "127.0.0.1:8080"}
    with pytest.raises(UnsafeSettings, match="KL_SIGN_ROOTS"):
        read_settings({**environ, "KL_SIGN_ROOTS": ""})
    pin.write_text("\n")
    with pytest.raises(UnsafeSettings, match="KL_SIGN_LANHDAO_PIN_FILE"):
        read_settings(environ)
    token = {
        "KL_SIGN_KEYS": "coquan", "KL_SIGN_COQUAN_LIBRARY": sys.executable, "KL_SIGN_COQUAN_PIN": "mat-khau",
        "KL_SIGN_COQUAN_TOKEN": "so", "KL_SIGN_COQUAN_CERTIFICATE": "dau", "KL_SIGN_ROOTS": str(root),
    }  # fmt: skip
    read = read_settings({"KL_DATA_DIR": str(tmp_path), **token})
    assert (read.signing.keys[0].token, read.signing.keys[0].certificate) == ("so", "dau")
