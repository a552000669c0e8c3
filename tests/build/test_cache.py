"""The cache of checked rulebooks: what makes it read the files again, and what does not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from ktt_policy.build import assemble, cache
from ktt_policy.resources import files_below

RULEBOOK = Path(__file__).parents[2] / "fixtures/rulebooks/amended-2027"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A rulebook of its own, with a cache of its own."""
    monkeypatch.setenv("KTT_POLICY_CACHE", str(tmp_path / "cache"))
    return Path(shutil.copytree(RULEBOOK, tmp_path / "rulebook"))


def kept(folder: Path, suffix: str) -> list[Path]:
    return list((folder.parent / "cache").glob(f"*.{suffix}"))


def test_files_that_look_the_same_are_not_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "SETTLED", -1)
    first, _ = cache.load(folder)
    monkeypatch.setattr(cache, "digest_of", None)
    assert cache.load(folder) == (first, [])


def test_a_change_that_keeps_size_and_time_is_noticed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "SETTLED", -1)
    before, _ = cache.load(folder)
    file = folder / "rulebook.yaml"
    times, text = file.stat(), file.read_text("utf-8")
    assert before is not None
    title = before.titles["en"]
    file.write_text(text.replace(title, title.swapcase()), "utf-8")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    after, _ = cache.load(folder)
    assert file.stat().st_size == times.st_size
    assert after is not None
    assert after.titles["en"] == title.swapcase()


def test_files_that_may_still_be_written_to_are_read_every_time(folder: Path) -> None:
    cache.load(folder)
    assert kept(folder, "msgpack")
    assert not kept(folder, "stamp")


def test_a_file_that_changes_while_it_is_read_is_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, real = folder / "rulebook.yaml", assemble.build
    before = file.read_text("utf-8")
    after = before.replace("issuer:", "# edited\nissuer:").replace("fi: ", "fi: X", 1)

    def build(folder: Path, digest: str) -> object:
        monkeypatch.setattr(assemble, "build", real)
        file.write_text(after, "utf-8")
        return real(folder, digest)

    monkeypatch.setattr(assemble, "build", build)
    edited, _ = cache.load(folder)
    assert edited is not None
    assert edited.digest == cache.digest_of(folder)
    file.write_text(before, "utf-8")
    undone, _ = cache.load(folder)
    assert undone is not None
    assert undone.titles != edited.titles


def test_nothing_is_left_of_an_entry_that_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def replace(self: Path, target: Path) -> Path:
        raise OSError

    monkeypatch.setattr(Path, "replace", replace)
    cache.load(folder)
    assert list((folder.parent / "cache").iterdir()) == []


def test_a_copy_names_its_own_files(folder: Path) -> None:
    other = Path(shutil.copytree(folder, folder.parent / "other"))
    for one in (folder, other, folder):
        data, _ = cache.load(one)
        assert data is not None
        assert {v.file.partition("/")[0] for rule in data.rules for v in rule.versions} == {one.name}


@pytest.mark.parametrize("suffix", ["msgpack", "stamp"])
def test_a_damaged_entry_is_made_again(folder: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    monkeypatch.setattr(cache, "SETTLED", -1)
    first, _ = cache.load(folder)
    (entry,) = kept(folder, suffix)
    whole = entry.read_bytes()
    entry.write_bytes(whole[:100])
    assert cache.load(folder) == (first, [])
    assert entry.read_bytes() == whole


@pytest.mark.parametrize(
    "name", ["parameters/b.json", "parameters/b.YAML", "definition.yaml", "invoice/cases.yaml", "voucher/x.yml"]
)
def test_a_file_that_nothing_reads_is_told_the_second_time_too(folder: Path, name: str) -> None:
    cache.load(folder)
    (folder / name).write_text("x", "utf-8")
    for _ in range(2):
        assert [d.code for d in cache.load(folder)[1]] == ["E202"]


def test_without_a_cache_the_rulebook_is_built(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KTT_POLICY_CACHE", "off")
    made, found = cache.load(folder)
    assert made is not None
    assert made.digest == cache.digest_of(folder)
    assert not found
    assert not (folder.parent / "cache").exists()


def test_an_editor_s_lock_stops_nothing(folder: Path) -> None:
    for path in [folder / "rulebook.yaml", *folder.glob("clauses/*.yaml"), *folder.glob("invoice/*/2*.yaml")]:
        path.with_name(f".#{path.name}").symlink_to("someone@somewhere.1234:1")
    data, found = cache.load(folder)
    assert (data is not None, found) == (True, [])


def test_links_and_hidden_folders_are_no_files_of_a_rulebook(folder: Path) -> None:
    before = cache.digest_of(folder)
    (folder / ".git").mkdir()
    (folder / ".git/x.yaml").write_text("a: b", "utf-8")
    (folder / "up").symlink_to(folder)
    (folder / "clauses/round").symlink_to(folder / "parameters")
    (folder / "parameters/round").symlink_to(folder / "clauses")
    names = [name for name, _ in files_below(str(folder))]
    assert not [name for name in names if name.startswith((".git", "up/")) or name.count("round") > 1]
    assert "clauses/round/ceilings.yaml" in names  # links are followed, once
    for link in ("up", "clauses/round", "parameters/round"):
        (folder / link).unlink()
    assert cache.digest_of(folder) == before


def test_other_code_of_the_same_version_makes_its_own_entries(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = folder.parent / "ktt_policy/build/cache.py"
    code.parent.mkdir(parents=True)
    code.write_text("a = 1\n")
    monkeypatch.setattr(cache, "__file__", str(code))
    first = cache.maker()
    cache.load(folder)
    assert len(kept(folder, "msgpack")) == 1
    code.write_text("a = 12\n")
    assert cache.maker() != first
    cache.load(folder)
    assert len(kept(folder, "msgpack")) == 2
