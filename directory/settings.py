"""Every setting, read once from the environment. Only `bootstrap` reads this."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from directory.domain.errors import InvalidInput

ENGINES = ("embedded", "elasticsearch")


@dataclass(frozen=True, slots=True)
class Settings:
    """Configuration of one process.

    `engine` is the search engine asked first; `fallback` may name the embedded one, to answer while Elasticsearch
    is down. Times are in seconds. `trusted_proxies` is the number of proxies in front whose X-Forwarded-For is
    believed. `geocoder` is a geopy service name, or `offline`. Without `smtp_url` mails are put into files under
    `data_dir`/mail.
    """

    data_dir: Path = Path("var")
    database_url: str = ""
    engine: str = "embedded"
    fallback: str = ""
    index_dir: Path = Path("var/index")
    snapshot_dir: Path = Path("var/snapshots")
    elasticsearch_url: str = "http://127.0.0.1:9200"
    elasticsearch_alias: str = "directory"
    elasticsearch_api_key: str = field(default="", repr=False)
    elasticsearch_username: str = ""
    elasticsearch_password: str = field(default="", repr=False)
    elasticsearch_ca_certs: str = ""
    elasticsearch_shards: int = 1
    elasticsearch_replicas: int = 0
    elasticsearch_segments: int = 1
    elasticsearch_sort_by: str = ""
    elasticsearch_senders: int = 3
    elasticsearch_snapshot_repository: str = ""
    elasticsearch_snapshot_location: str = ""
    registry_max_age_days: int = 120
    geocoder: str = "offline"
    geocoder_options: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    trusted_proxies: int = 0
    public_url: str = ""
    rate_limit: str = "120 per minute"
    sign_in_limit: str = "10 per minute; 60 per hour"
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "Open Back Care <no-reply@localhost>"

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise InvalidInput(f"DIRECTORY_ENGINE is one of {', '.join(ENGINES)}, not {self.engine!r}.")
        if self.fallback not in ("", "embedded"):
            raise InvalidInput("DIRECTORY_FALLBACK_ENGINE is empty or 'embedded'.")


_TEXTS = {
    "database_url": "DIRECTORY_DATABASE_URL",
    "engine": "DIRECTORY_ENGINE",
    "fallback": "DIRECTORY_FALLBACK_ENGINE",
    "elasticsearch_url": "ELASTICSEARCH_URL",
    "elasticsearch_alias": "ELASTICSEARCH_ALIAS",
    "elasticsearch_api_key": "ELASTICSEARCH_API_KEY",
    "elasticsearch_username": "ELASTICSEARCH_USERNAME",
    "elasticsearch_password": "ELASTICSEARCH_PASSWORD",
    "elasticsearch_ca_certs": "ELASTICSEARCH_CA_CERTS",
    "elasticsearch_sort_by": "ELASTICSEARCH_SORT_BY",
    "elasticsearch_snapshot_repository": "ELASTICSEARCH_SNAPSHOT_REPOSITORY",
    "elasticsearch_snapshot_location": "ELASTICSEARCH_SNAPSHOT_LOCATION",
    "geocoder": "DIRECTORY_GEOCODER",
    "geocoder_options": "DIRECTORY_GEOCODER_OPTIONS",
    "secret_key": "DIRECTORY_SECRET_KEY",
    "public_url": "DIRECTORY_PUBLIC_URL",
    "rate_limit": "DIRECTORY_RATE_LIMIT",
    "sign_in_limit": "DIRECTORY_SIGN_IN_LIMIT",
    "smtp_url": "DIRECTORY_SMTP_URL",
    "mail_from": "DIRECTORY_MAIL_FROM",
}
_NUMBERS = {
    "registry_max_age_days": "REGISTRY_MAX_AGE_DAYS",
    "trusted_proxies": "DIRECTORY_TRUSTED_PROXIES",
    "elasticsearch_shards": "ELASTICSEARCH_SHARDS",
    "elasticsearch_replicas": "ELASTICSEARCH_REPLICAS",
    "elasticsearch_segments": "ELASTICSEARCH_SEGMENTS",
    "elasticsearch_senders": "ELASTICSEARCH_SENDERS",
}


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from environment variables; raises InvalidInput naming the variable that cannot be used."""
    data_dir = Path(environment.get("DIRECTORY_DATA_DIR") or "var").absolute()
    texts = {name: environment[key] for name, key in _TEXTS.items() if environment.get(key)}
    texts.setdefault("database_url", f"sqlite:///{data_dir / 'directory.sqlite'}")
    numbers = {name: _whole(key, environment[key]) for name, key in _NUMBERS.items() if environment.get(key)}
    index_dir = Path(environment.get("DIRECTORY_INDEX_DIR") or data_dir / "index").absolute()
    snapshot_dir = Path(environment.get("DIRECTORY_SNAPSHOT_DIR") or data_dir / "snapshots").absolute()
    return Settings(data_dir=data_dir, index_dir=index_dir, snapshot_dir=snapshot_dir, **texts, **numbers)  # type: ignore[arg-type]


def _whole(key: str, text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise InvalidInput(f"{key} is a whole number, not {text!r}.")
    return int(text)
