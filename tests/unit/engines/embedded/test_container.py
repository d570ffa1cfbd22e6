"""Files of arrays: what is read is what was written, or it is refused."""

from pathlib import Path

import numpy as np
import pytest

from directory.engines.embedded.container import BLOCK, Container, ContainerWriter
from directory.engines.embedded.errors import Damaged


@pytest.fixture
def written(tmp_path: Path) -> Path:
    writer = ContainerWriter(tmp_path / "arrays")
    writer.append("text", b"ab")
    writer.append("text", b"cde")
    writer.put("empty", np.empty(0, np.int64))
    writer.put("numbers", np.arange(1000, dtype=np.int32))
    reserved = writer.reserve("later", np.uint16, 5)
    reserved[:] = 7
    writer.put("floats", np.array([1.5, np.inf]))
    writer.finish({"about": "test"})
    return writer.path


def test_arrays_come_back_typed_aligned_and_read_only(written: Path) -> None:
    container = Container(written)
    container.verify()
    assert container.array("text").tobytes() == b"abcde"
    assert container.array("numbers").tolist() == list(range(1000))
    assert container.array("later").tolist() == [7] * 5
    assert container.array("floats").tolist() == [1.5, np.inf]
    assert container.array("empty").dtype == np.int64
    assert len(container.array("nothing")) == 0
    assert container.meta == {"about": "test"}
    assert container.array("numbers").ctypes.data % 64 == 0
    with pytest.raises(ValueError, match="read-only"):
        container.array("numbers")[0] = 1


def test_every_changed_byte_is_noticed(written: Path) -> None:
    whole = written.read_bytes()
    for at in range(0, len(whole), 13):
        written.write_bytes(whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :])
        with pytest.raises(Damaged):
            Container(written).verify()


def test_every_shortened_file_is_noticed_at_once(written: Path) -> None:
    whole = written.read_bytes()
    for length in (0, 7, 63, 64, 1000, len(whole) - 1):
        written.write_bytes(whole[:length])
        with pytest.raises(Damaged):
            Container(written)
    written.write_bytes(whole + b"x")
    with pytest.raises(Damaged):
        Container(written)
    written.unlink()
    with pytest.raises(Damaged):
        Container(written)


def test_damage_is_found_in_the_block_it_is_in(tmp_path: Path) -> None:
    writer = ContainerWriter(tmp_path / "large")
    writer.put("zeros", np.zeros(3 * BLOCK, np.uint8))
    writer.finish({})
    with writer.path.open("r+b") as file:
        file.seek(2 * BLOCK)
        file.write(b"!")
    container = Container(writer.path)
    assert container.blocks == 3
    container.damage([0, 2])
    with pytest.raises(Damaged, match="block 1"):
        container.damage([1])
