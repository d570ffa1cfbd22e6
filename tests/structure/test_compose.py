"""What the container files promise: shut doors, bounded memory, kept data, and no secret."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
Service = dict[str, Any]


def services(name: str = "docker-compose.yml") -> dict[str, Service]:
    found: dict[str, Service] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))["services"]
    return found


def published(service: Service) -> list[str]:
    return [str(port) for port in service.get("ports", [])]


def every_service() -> list[tuple[str, Service]]:
    return [*services().items(), *services("docker-compose.test.yml").items()]


def locked(package: str) -> str:
    lock = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    found = re.search(rf"^{package}==(\S+)", lock, re.MULTILINE)
    assert found, f"{package} is not in the lock file"
    return found[1]


def test_every_published_port_is_on_loopback() -> None:
    ports = [port for _, service in every_service() for port in published(service)]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports), ports


@pytest.mark.parametrize("name", ["docker-compose.yml", "docker-compose.test.yml"])
def test_elasticsearch_is_the_official_image_of_the_clients_version(name: str) -> None:
    images = {service["image"] for service in services(name).values() if "elastic" in service.get("image", "")}
    assert len(images) == 1
    image, _, tag = images.pop().rpartition(":")
    assert image == "docker.elastic.co/elasticsearch/elasticsearch"
    server, client = (tuple(map(int, version.split(".")[:2])) for version in (tag, locked("elasticsearch")))
    assert server[0] == client[0]
    assert abs(server[1] - client[1]) <= 1


def test_elasticsearch_asks_who_one_is_and_speaks_tls() -> None:
    environment = services()["elasticsearch"]["environment"]
    assert environment["xpack.security.enabled"] == "true"
    assert environment["xpack.security.http.ssl.enabled"] == "true"
    assert environment["ELASTIC_PASSWORD"].startswith("${ELASTIC_PASSWORD:?")


def test_elasticsearch_has_a_bounded_heap_under_a_bounded_container() -> None:
    servers = [service for _, service in every_service() if "discovery.type" in service.get("environment", {})]
    assert len(servers) == 2
    for service in servers:
        smallest, largest = re.findall(r"-Xm[sx](\d+[mg])", service["environment"]["ES_JAVA_OPTS"])
        assert smallest == largest
        assert megabytes(largest) * 2 <= megabytes(service["mem_limit"])


def megabytes(size: str) -> int:
    return int(size[:-1]) * (1024 if size.endswith("g") else 1)


@pytest.mark.parametrize("name", ["elasticsearch", "postgres", "app"])
def test_what_keeps_running_says_whether_it_is_well(name: str) -> None:
    assert services()[name]["healthcheck"]["test"]


@pytest.mark.parametrize(
    ("name", "folder"),
    [("elasticsearch", "/usr/share/elasticsearch/data"), ("postgres", "/var/lib/postgresql/data")],
)
def test_data_outlives_its_container(name: str, folder: str) -> None:
    document = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    volumes = dict(volume.split(":")[:2] for volume in services()[name]["volumes"])
    kept = {folder: volume for volume, folder in volumes.items()}
    assert kept[folder] in document["volumes"]


def test_postgres_is_a_supported_major_version() -> None:
    assert services()["postgres"]["image"] == "postgres:17"


@pytest.mark.parametrize("name", ["app", "migrate", "sync"])
def test_the_app_can_change_nothing_but_its_own_folder(name: str) -> None:
    service = services()[name]
    assert service["user"].partition(":")[0] not in {"", "0", "root"}
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_changes_of_the_records_reach_the_index_by_themselves() -> None:
    service = services()["sync"]
    assert service["command"] == ["indexer", "sync", "--follow"]
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["app", "sync"])
def test_the_app_waits_for_what_it_stands_on(name: str) -> None:
    conditions = {on: wanted["condition"] for on, wanted in services()[name]["depends_on"].items()}
    assert conditions == {
        "elasticsearch": "service_healthy",
        "postgres": "service_healthy",
        "migrate": "service_completed_successfully",
    }


def test_the_app_never_sees_a_private_key() -> None:
    mounts = services()["app"]["volumes"]
    assert "ca:/run/elasticsearch-ca:ro" in mounts
    assert not any(mount.startswith("certificates:") for mount in mounts)


def test_the_image_runs_as_nobody_special_from_the_lock() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert {line for line in lines if line.startswith("FROM ")} == {
        "FROM python:3.13-slim",
        "FROM python:3.13-slim AS build",
    }
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:10001"]
    assert any("--require-hashes" in line for line in lines)
    assert lines[-1].startswith('CMD ["gunicorn"')


def test_no_password_is_committed() -> None:
    given = dict(
        line.split("=", 1)
        for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )
    assert given.pop("PORT") == "8000"
    assert set(given.values()) == {""}
    assert ".env" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    for name, value in secrets():
        assert value.startswith("${"), f"{name} is written out"


def secrets() -> list[tuple[str, str]]:
    pairs = [
        (name, str(value)) for _, service in every_service() for name, value in service.get("environment", {}).items()
    ]
    return [pair for pair in pairs if re.search(r"PASSWORD|API_KEY|SECRET", pair[0])]
