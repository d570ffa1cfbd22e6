"""Files are read through before anything is loaded, so that a truncated one loads nothing."""

import gzip
import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from directory.domain.errors import InvalidInput
from indexer.sources.archive import Table, opened, survey

MEMBER = "npidata_pfile_20251103-20251109.csv"
DATA = b"".join(b"%d,%d\n" % (number, number * 7919) for number in range(50_000))


def packed(*members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            archive.writestr(member, DATA)
    return out.getvalue()


@pytest.fixture
def write(tmp_path: Path):
    def _write(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return _write


@pytest.mark.parametrize(
    ("name", "data", "members"),
    [
        ("a.csv", DATA, [""]),
        ("a.csv.gz", gzip.compress(DATA), [""]),
        ("unnamed", gzip.compress(DATA), [""]),
        ("a.zip", packed(MEMBER, "npidata_pfile_20251103-20251109_fileheader.csv", "othername_pfile_1.csv"), [MEMBER]),
        ("b.zip", packed("two/npidata_pfile_2.csv", "npidata_pfile_1.csv"),
         ["npidata_pfile_1.csv", "two/npidata_pfile_2.csv"]),
    ],
)  # fmt: skip
def test_every_kind_of_file_yields_its_tables(write, name: str, data: bytes, members: list[str]) -> None:
    path, seen = write(name, data), []
    found = survey(path, seen.append)
    assert [part.member for part in found.parts] == members
    assert [(part.size, part.lines) for part in found.parts] == [(len(DATA), 50_000)] * len(members)
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert sum(seen) == len(data)
    for part in found.parts:
        with opened(part) as stream:
            assert stream.read() == DATA


FURTHER = ["pl_pfile_1.csv", "othername_pfile_1.csv", "endpoint_pfile_1.csv"]


@pytest.mark.parametrize("members", [(*FURTHER, MEMBER), (MEMBER, *reversed(FURTHER)), tuple(FURTHER)])
def test_further_tables_come_in_one_order_whatever_that_of_the_archive(write, members: tuple[str, ...]) -> None:
    found = survey(write("all.zip", packed("pl_pfile_1_fileheader.csv", "readme.pdf", *members)))
    assert [part.member for part in found.parts] == [MEMBER] * (MEMBER in members)
    assert [part.member for part in found.further] == FURTHER
    assert [part.table for part in found.further] == list(Table)[1:]


@pytest.mark.parametrize("table", list(Table))
def test_a_single_file_is_what_its_name_says(write, table: Table) -> None:
    for name in (f"{table}_20251103-20251109.csv", f"{table}_20251103-20251109.csv.gz"):
        found = survey(write(name, DATA if name.endswith("csv") else gzip.compress(DATA)))
        assert [part.table for part in (*found.parts, *found.further)] == [table]
        assert bool(found.parts) is (table is Table.MAIN)


@pytest.mark.fault(19)
@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("cut.csv.gz", gzip.compress(DATA)[:-5000], "truncated"),
        ("tail.csv.gz", gzip.compress(DATA)[:-3], "truncated"),
        ("flip.csv.gz", gzip.compress(DATA)[:-8] + b"\0" * 8, "truncated or damaged"),
        ("cut.zip", packed(MEMBER)[:-200], "truncated or damaged"),
        ("empty.csv", b"", "empty"),
        ("other.zip", packed("othername_pfile_1_fileheader.csv"), "no npidata_pfile"),
    ],
)
def test_a_damaged_file_is_refused(write, name: str, data: bytes, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        survey(write(name, data))


@pytest.mark.fault(19)
def test_a_zip_with_a_changed_byte_is_refused(write) -> None:
    data = bytearray(packed(MEMBER))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(InvalidInput, match="truncated or damaged"):
        survey(write("flip.zip", bytes(data)))


@pytest.mark.parametrize(("field", "value"), [("compress_type", 9), ("flag_bits", 1)])
def test_a_zip_that_python_cannot_unpack_says_what_to_do(write, field: str, value: int) -> None:
    data = bytearray(packed(MEMBER))
    after_local, after_central = {"flag_bits": (6, 8), "compress_type": (8, 10)}[field]
    for signature, offset in ((b"PK\x03\x04", after_local), (b"PK\x01\x02", after_central)):
        data[data.rindex(signature) + offset] = value
    with pytest.raises(InvalidInput, match=r"unpack it with another program and give the \.csv"):
        survey(write("other.zip", bytes(data)))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"absent\.csv cannot be read: No such file"):
        survey(tmp_path / "absent.csv")
