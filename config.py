"""Settings from the environment. An unsafe or unreadable value refuses to start (exit 78)."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENTS = ("development", "production", "test")
DEVELOPMENT_SECRET = "chi-dung-khi-phat-trien-khong-dung-that"


class UnsafeSettings(SystemExit):
    """Raised while settings are read; says on one line of stderr why the product does not start."""

    def __init__(self, reason: str) -> None:
        super().__init__(78)
        self.reason = reason

    def __str__(self) -> str:
        return f"Không khởi động: {self.reason}"


@dataclass(frozen=True)
class KeySettings:
    """Where one signing key lives: a PKCS#12 file (`file`), or a token behind a PKCS#11 `library`."""

    name: str
    pin: str = field(repr=False)
    file: Path | None = None
    library: Path | None = None
    token: str = ""
    certificate: str = ""


@dataclass(frozen=True)
class SigningSettings:
    """Keys on the server, whom signatures must lead to (DER or PEM), and the time-stamping service.

    `crls`: files of withdrawn certificates, which the operator replaces as the system runs; `hosts`: "name"
    or "name:port" of those services of the certificates that may be asked, none by default.
    """

    keys: tuple[KeySettings, ...] = ()
    roots: tuple[bytes, ...] = field(default=(), repr=False)
    time_roots: tuple[bytes, ...] = field(default=(), repr=False)
    crls: tuple[Path, ...] = ()
    timestamper: str = ""
    hosts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Smtp:
    """Where mails are handed over. `security`: starttls, tls, or none (on this very machine only)."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Settings:
    """What the environment decides. Paths are absolute; times are in minutes; sizes in bytes."""

    environment: str
    database_url: str = field(repr=False)
    data_dir: Path
    secret_key: str = field(repr=False)
    secure_cookies: bool
    session_idle_minutes: int = 30
    session_absolute_hours: int = 8
    max_upload_bytes: int = 25 * 1024 * 1024
    trusted_proxies: int = 0
    public_address: str = "http://127.0.0.1:8000"
    signing: SigningSettings = SigningSettings()
    smtp: Smtp | None = None

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def _unsafe(reason: str) -> UnsafeSettings:
    """The refusal, said on stderr: Python itself prints nothing for an exit with a number."""
    refusal = UnsafeSettings(reason)
    print(refusal, file=sys.stderr)
    return refusal


def _whole_number(environ: dict[str, str], key: str, default: int, low: int, high: int) -> int:
    raw = environ.get(key, "").strip()
    if not raw:
        return default
    if not (raw.isascii() and raw.isdigit()) or not low <= int(raw) <= high:
        raise _unsafe(f"{key} phải là số nguyên từ {low} đến {high}")
    return int(raw)


def _address(environ: dict[str, str]) -> str:
    """Where the public finds the product, printed on papers: KL_PUBLIC_ADDRESS, else this machine's port."""
    port = _whole_number(environ, "KL_PORT", 8000, 1, 65535)
    address = environ.get("KL_PUBLIC_ADDRESS", "").strip().rstrip("/") or f"http://127.0.0.1:{port}"
    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?", address):
        raise _unsafe(
            "KL_PUBLIC_ADDRESS phải là địa chỉ http:// hoặc https://, ví dụ https://ketluan.dongnai.gov.vn"
        )
    return address


def _secret_file(path: Path, key: str) -> Path:
    """A file that holds a secret: there, outside the source tree, closed to other users of the machine."""
    if not path.is_file():
        raise _unsafe(f"{key}: không có tệp này")
    if path.resolve().is_relative_to(ROOT) and not path.resolve().is_relative_to(ROOT / "instance"):
        raise _unsafe(f"{key}: tệp khóa không được để trong thư mục mã nguồn")
    if path.stat().st_mode & 0o077:
        raise _unsafe(f"{key}: tệp mở cho người khác đọc; đặt quyền 600")
    return path


def _key(environ: dict[str, str], name: str) -> KeySettings:
    """`KL_SIGN_<NAME>_FILE`, or `_LIBRARY` with `_TOKEN` and `_CERTIFICATE`; `_PIN` or `_PIN_FILE`."""
    start = f"KL_SIGN_{name.upper()}_"
    given = {
        part: environ.get(start + part, "").strip()
        for part in ("FILE", "LIBRARY", "TOKEN", "CERTIFICATE", "PIN", "PIN_FILE")
    }
    if bool(given["FILE"]) == bool(given["LIBRARY"]):
        raise _unsafe(f"{start}FILE hoặc {start}LIBRARY: đặt đúng một trong hai")
    if bool(given["PIN"]) == bool(given["PIN_FILE"]):
        raise _unsafe(f"{start}PIN hoặc {start}PIN_FILE: đặt đúng một trong hai")
    pin = given["PIN"]
    if given["PIN_FILE"]:
        pin = _secret_file(Path(given["PIN_FILE"]), f"{start}PIN_FILE").read_text("utf-8").strip()
        if not pin:
            raise _unsafe(f"{start}PIN_FILE: tệp không có mã PIN")
    if given["FILE"]:
        return KeySettings(name, pin, file=_secret_file(Path(given["FILE"]), f"{start}FILE"))
    library = Path(given["LIBRARY"])
    if not library.is_absolute() or not library.is_file():
        raise _unsafe(f"{start}LIBRARY: không có thư viện này; ghi đường dẫn đầy đủ")
    if not given["TOKEN"] or not given["CERTIFICATE"]:
        raise _unsafe(f"{start}TOKEN và {start}CERTIFICATE phải có khi dùng thiết bị ký")
    return KeySettings(name, pin, library=library, token=given["TOKEN"], certificate=given["CERTIFICATE"])


def _files(environ: dict[str, str], key: str, marks: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The files named by `key`, apart by “:”; each begins as one of `marks` (a PEM label, or DER)."""
    found = []
    for name in _names(environ, key):
        if not Path(name).is_file():
            raise _unsafe(f"{key}: không có tệp {name}")
        data = Path(name).read_bytes()
        if not data.lstrip().startswith(marks):
            raise _unsafe(f"{key}: tệp {name} không phải PEM hoặc DER")
        found.append(data)
    return tuple(found)


def _names(environ: dict[str, str], key: str) -> list[str]:
    return [part.strip() for part in environ.get(key, "").split(":") if part.strip()]


def _signing(environ: dict[str, str]) -> SigningSettings:
    names = environ.get("KL_SIGN_KEYS", "").split()
    for name in names:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", name):
            raise _unsafe("KL_SIGN_KEYS phải là tên gồm chữ thường, số, gạch dưới, cách nhau bằng dấu cách")
    if len(set(names)) != len(names):
        raise _unsafe("KL_SIGN_KEYS có tên khóa trùng nhau")
    timestamper = environ.get("KL_TSA", "").strip()
    if timestamper and not re.fullmatch(
        r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?", timestamper
    ):
        raise _unsafe("KL_TSA phải là địa chỉ http:// hoặc https:// của dịch vụ cấp dấu thời gian")
    hosts = environ.get("KL_SIGN_REVOCATION_HOSTS", "").split()
    for host in hosts:
        if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?", host):
            raise _unsafe(
                "KL_SIGN_REVOCATION_HOSTS phải là tên máy chủ, ví dụ ocsp.ca.gov.vn, cách nhau bằng dấu cách"
            )
    certificate = (b"-----BEGIN CERTIFICATE-----", b"\x30\x82")
    _files(environ, "KL_SIGN_CRLS", (b"\x30\x82",))
    settings = SigningSettings(
        keys=tuple(_key(environ, name) for name in names),
        roots=_files(environ, "KL_SIGN_ROOTS", certificate),
        time_roots=_files(environ, "KL_SIGN_TIME_ROOTS", certificate),
        crls=tuple(map(Path, _names(environ, "KL_SIGN_CRLS"))),
        timestamper=timestamper,
        hosts=frozenset(hosts),
    )
    if settings.keys and not settings.roots:
        raise _unsafe("KL_SIGN_ROOTS phải có khi có khóa ký: chữ ký nào cũng được kiểm tra lại")
    return settings


def _smtp(env: dict[str, str]) -> Smtp | None:
    """The server for mails by KL_SMTP_HOST, _PORT, _SECURITY, _FROM, _USER, _PASSWORD_FILE; None without."""
    host = env.get("KL_SMTP_HOST", "").strip()
    if not host:
        return None
    security = env.get("KL_SMTP_SECURITY", "starttls").strip()
    if security not in ("starttls", "tls", "none"):
        raise _unsafe("KL_SMTP_SECURITY phải là starttls, tls hoặc none")
    if security == "none" and host not in ("localhost", "127.0.0.1", "::1"):
        raise _unsafe("KL_SMTP_SECURITY=none chỉ dùng với máy chủ thư trên chính máy này")
    sender = env.get("KL_SMTP_FROM", "").strip()
    if not re.fullmatch(r"[^@\s<>]+@[A-Za-z0-9.-]+", sender):
        raise _unsafe("KL_SMTP_FROM phải là địa chỉ thư, ví dụ nhacviec@snv.dongnai.gov.vn")
    user, file = env.get("KL_SMTP_USER", "").strip(), env.get("KL_SMTP_PASSWORD_FILE", "").strip()
    if bool(user) != bool(file):
        raise _unsafe("KL_SMTP_USER và KL_SMTP_PASSWORD_FILE phải được đặt cùng nhau")
    password = ""
    if file:
        try:
            password = Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise _unsafe(f"KL_SMTP_PASSWORD_FILE không đọc được: {error.strerror}") from error
    return Smtp(
        host=host,
        port=_whole_number(env, "KL_SMTP_PORT", 465 if security == "tls" else 587, 1, 65535),
        security=security,
        sender=sender,
        user=user,
        password=password,
    )


def read_settings(environ: dict[str, str] | None = None) -> Settings:
    """Read `KL_…` from `environ` (default: the process environment).

    Raises UnsafeSettings: unknown environment, production without a secret, with a guessable one or on
    plain cookies, a secret shorter than 32 characters, a database that is neither SQLite nor PostgreSQL,
    a number or a switch that is none, a signing key that is not there or open to others.
    """
    env = dict(os.environ) if environ is None else environ
    environment = env.get("KL_ENV", "development")
    if environment not in ENVIRONMENTS:
        raise _unsafe(f"KL_ENV phải là một trong {', '.join(ENVIRONMENTS)}")
    data_dir = Path(env.get("KL_DATA_DIR", str(ROOT / "instance"))).resolve()
    url = env.get("KL_DATABASE_URL") or f"sqlite:///{data_dir / 'ketluan.db'}"
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise _unsafe("KL_DATABASE_URL phải là sqlite:///… hoặc postgresql://…")
    secret = env.get("KL_SECRET_KEY", "")
    secret_file = data_dir / "secret"
    if not secret and environment != "production" and secret_file.is_file():
        secret = secret_file.read_text(encoding="ascii").strip()
    if not secret and environment != "production":
        secret = DEVELOPMENT_SECRET
    if len(secret) < 32:
        raise _unsafe("KL_SECRET_KEY phải có ít nhất 32 ký tự")
    if environment == "production" and (secret == DEVELOPMENT_SECRET or len(set(secret)) < 10):
        raise _unsafe("KL_SECRET_KEY quá dễ đoán; tạo khóa bằng secrets.token_urlsafe(48) của Python")
    cookies = env.get("KL_SECURE_COOKIES", "1" if environment == "production" else "0")
    if cookies not in ("0", "1"):
        raise _unsafe("KL_SECURE_COOKIES phải là 0 hoặc 1")
    secure = cookies == "1"
    if environment == "production" and not secure:
        raise _unsafe("KL_SECURE_COOKIES=0 không được dùng trong môi trường production")
    return Settings(
        environment=environment,
        database_url=url,
        data_dir=data_dir,
        secret_key=secret,
        secure_cookies=secure,
        session_idle_minutes=_whole_number(env, "KL_SESSION_IDLE_MINUTES", 30, 5, 480),
        session_absolute_hours=_whole_number(env, "KL_SESSION_HOURS", 8, 1, 24),
        max_upload_bytes=_whole_number(env, "KL_MAX_UPLOAD_MB", 25, 1, 200) * 1024 * 1024,
        trusted_proxies=_whole_number(env, "KL_TRUSTED_PROXIES", 0, 0, 3),
        public_address=_address(env),
        signing=_signing(env),
        smtp=_smtp(env),
    )
