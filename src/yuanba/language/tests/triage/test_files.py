"""Keeping a model and refusing what is none."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from yuanba.language.triage.files import ModelFileError, load, save
from yuanba.language.triage.model import Model

Parts = dict[str, NDArray[Any]]


@pytest.fixture
def kept(model: Model, tmp_path: Path) -> Path:
    path = tmp_path / "model.npz"
    save(model, path)
    return path


def parts_of(path: Path) -> Parts:
    with np.load(path) as content:
        return {name: content[name] for name in content.files}


def write(path: Path, parts: Parts) -> None:
    with path.open("wb") as file:
        np.savez(file, allow_pickle=True, **parts)


def test_a_kept_model_suggests_the_same(model: Model, kept: Path) -> None:
    read = load(kept)
    assert read.name == model.name
    assert read.held_out == model.held_out
    text = "工厂夜里排放废气，北山大道居民睡不着"
    assert read.suggest(text) == model.suggest(text)


def test_nothing_else_is_left_beside_the_file(kept: Path) -> None:
    assert [path.name for path in kept.parent.iterdir()] == ["model.npz"]


def test_saving_over_an_old_file_replaces_it_whole(model: Model, kept: Path) -> None:
    kept.write_bytes(b"old")
    save(model, kept)
    assert load(kept).digest == model.digest


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04 broken", b"\x80\x04N."])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(ModelFileError):
        load(path)


def test_a_file_cut_short_is_refused(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes()[:-200])
    with pytest.raises(ModelFileError):
        load(kept)


def test_a_changed_weight_does_not_match_the_digest(kept: Path) -> None:
    parts = parts_of(kept)
    parts["weights"][0, 0] += 1
    write(kept, parts)
    with pytest.raises(ModelFileError, match="digest"):
        load(kept)


def test_a_changed_head_does_not_match_the_digest(kept: Path) -> None:
    parts = parts_of(kept)
    head = json.loads(parts["head"].tobytes())
    head["categories"] = list(reversed(head["categories"]))
    parts["head"] = np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)
    write(kept, parts)
    with pytest.raises(ModelFileError, match="digest"):
        load(kept)


def test_another_version_is_named(kept: Path) -> None:
    parts = parts_of(kept)
    head = json.loads(parts["head"].tobytes()) | {"version": 99}
    parts["head"] = np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)
    write(kept, parts)
    with pytest.raises(ModelFileError, match="version 99"):
        load(kept)


@pytest.mark.parametrize("missing", ["head", "keys", "weights", "offset"])
def test_a_missing_part_is_refused(kept: Path, missing: str) -> None:
    parts = parts_of(kept)
    del parts[missing]
    write(kept, parts)
    with pytest.raises(ModelFileError):
        load(kept)


def test_a_part_of_the_wrong_size_or_type_is_refused(kept: Path) -> None:
    whole = parts_of(kept)
    for change in ({"bias": np.zeros(99, np.float32)}, {"rarity": np.zeros(3, np.float64)}):
        write(kept, whole | change)
        with pytest.raises(ModelFileError, match="wrong"):
            load(kept)


def test_pickled_objects_are_never_read(kept: Path) -> None:
    write(kept, parts_of(kept) | {"bias": np.array([{"a": 1}], dtype=object)})
    with pytest.raises(ModelFileError):
        load(kept)


def test_an_archive_that_swells_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("keys.npy", "w", force_zip64=True) as member,
    ):
        for _ in range(520):
            member.write(bytes(1024 * 1024))
    with pytest.raises(ModelFileError, match="too large"):
        load(path)


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.npz")
