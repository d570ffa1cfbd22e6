"""The gazetteer in a file: the same as from the packages, and never a reason to fail."""

from collections.abc import Callable
from pathlib import Path

import pytest

from directory.domain.place import Point
from directory.geocoding import offline_geocoder, offline_places, offline_positions
from directory.geocoding.index import Gazetteer, contents_of, gazetteer, read_contents
from directory.geocoding.kept import Contents, kept
from directory.geocoding.outlines import outlines
from directory.geocoding.packaged import CityRow, ZipRow

ZIP = ZipRow("60614", "Chicago", "IL", "Cook County", Point(41.9, -87.6), ("Old Town",), (), True)
TOWN = CityRow("Chicago", "IL", Point(41.8, -87.6), 2_700_000)


def few() -> Contents:
    return contents_of([ZIP], [TOWN])


def unasked() -> Contents:
    raise AssertionError("the packages were read again")


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_what_is_kept_is_what_the_packages_hold(tmp_path: Path) -> None:
    read = read_contents()
    assert kept(tmp_path / "data", lambda: read) == read
    again = kept(tmp_path / "data", unasked)
    assert again == read
    ours, theirs = Gazetteer(again, outlines()), gazetteer()
    assert (ours.zips, ours.towns) == (theirs.zips, theirs.towns)
    names = sorted(theirs.names())
    assert sorted(ours.names()) == names
    assert all(ours.cities(name) == theirs.cities(name) for name in names[::97])


@pytest.mark.parametrize("make", [gazetteer, offline_geocoder, offline_places, offline_positions])
def test_a_process_holds_it_once_wherever_it_is_kept(tmp_path: Path, make: Callable[[Path], object]) -> None:
    assert make(tmp_path / "one") is make(tmp_path / "other")


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: b"", lambda data: data[:40] + b"\xff" + data[41:]]
)
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: object) -> None:
    kept(tmp_path, few)
    path = only_file(tmp_path)
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert kept(tmp_path, few) == few()
    assert kept(tmp_path, unasked) == few()


def test_files_of_other_packages_go(tmp_path: Path) -> None:
    (tmp_path / "gazetteer-0123.msgpack").touch()
    kept(tmp_path, few)
    assert only_file(tmp_path).name != "gazetteer-0123.msgpack"


def test_where_nothing_can_be_written_the_packages_are_read(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    assert kept(blocked, few) == few()
    assert kept(blocked / "below", few) == few()
