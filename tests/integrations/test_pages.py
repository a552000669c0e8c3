"""The pages on integrations: every example keeps the schema of its system; both languages have the same examples."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from ktt_policy.docs.config import GUIDES
from pages import PAGES, ROOT, blocks, files, read

SCHEMAS = {
    "action.yml": ("github-actions",),
    ".github/workflows/documents.yml": ("github-workflows",),
    ".github/workflows/rulebook.yml": ("github-workflows",),
    ".gitlab-ci.yml": ("gitlab-ci", "--data-transform", "gitlab-ci"),
    "integrations/gitlab.yml": ("gitlab-ci", "--data-transform", "gitlab-ci"),
    # its patterns are not those of Unicode
    "azure-pipelines.yml": ("azure-pipelines", "--data-transform", "azure-pipelines", "--regex-variant", "nonunicode"),
}
SHIPPED = ["action.yml", "integrations/gitlab.yml"]


def keeps(schema: tuple[str, ...], file: Path) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "check_jsonschema"]
    command = [*program, "--builtin-schema", f"vendor.{schema[0]}", *schema[1:], str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def examples() -> dict[str, str]:
    shipped = {name: (ROOT / name).read_text("utf-8") for name in SHIPPED}
    # the schema passes over jobs that are hidden, by a dot: here they are shown
    shipped["integrations/gitlab.yml"] = re.sub(
        r"(^|: )\.ktt", r"\1ktt", shipped["integrations/gitlab.yml"], flags=re.MULTILINE
    )
    return shipped | {name: content for name, content in files() if name != ".pre-commit-config.yaml"}


@pytest.mark.parametrize("name", SCHEMAS)
def test_an_example_keeps_the_schema_of_its_system(name: str, tmp_path: Path) -> None:
    file = tmp_path / Path(name).name
    file.write_text(examples()[name], "utf-8")
    done = keeps(SCHEMAS[name], file)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("action.yml", "using: composite", "using: compost"),
        (".github/workflows/documents.yml", "runs-on:", "runs-at:"),
        ("integrations/gitlab.yml", "when: always", "when: ever"),
        ("azure-pipelines.yml", "task: UsePythonVersion@0", "tusk: UsePythonVersion@0"),
    ],
)
def test_the_schemas_refuse_what_is_wrong(name: str, old: str, new: str, tmp_path: Path) -> None:
    text = examples()[name]
    assert old in text
    file = tmp_path / Path(name).name
    file.write_text(text.replace(old, new), "utf-8")
    assert keeps(SCHEMAS[name], file).returncode == 1


def test_every_example_is_tried() -> None:
    assert set(examples()) == set(SCHEMAS)
    assert len(files()) == len(blocks(PAGES[0], "yaml"))


@pytest.mark.parametrize("language", ["yaml", "sh"])
def test_both_languages_have_the_same_examples(language: str) -> None:
    english, finnish = (blocks(page, language) for page in PAGES)
    in_finnish = [re.sub(r"\b(lang:?,? )en\b", r"\1fi", block) for block in english]
    assert in_finnish == finnish
    assert [name for name, _ in files(PAGES[0])] == [name for name, _ in files(PAGES[1])]


@pytest.mark.parametrize("page", PAGES)
def test_the_page_lists_the_inputs_of_the_action(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    rows = re.findall(r"^\| (`[a-z`, -]+`) \| (.*?) \|", text, re.MULTILINE)
    listed = {name: default.strip("` ") for names, default in rows for name in re.findall(r"`([a-z-]+)`", names)}
    action = read((ROOT / "action.yml").read_text("utf-8"))
    assert set(listed) == set(action["inputs"])
    for name, one in action["inputs"].items():
        if "default" in one:
            assert listed[name] == one["default"]
    assert all(f"`{name}`" in text for name in action["outputs"])


def test_the_pages_are_in_the_navigation() -> None:
    assert "integrations.md" in GUIDES


def test_the_manifest_of_hooks_and_their_examples_are_valid(tmp_path: Path) -> None:
    configurations = [content for name, content in files() if name == ".pre-commit-config.yaml"]
    assert len(configurations) == 2
    for number, content in enumerate(configurations):
        (tmp_path / f"{number}.yaml").write_text(content, "utf-8")
    for what, *paths in (
        ("validate-manifest", ROOT / ".pre-commit-hooks.yaml"),
        ("validate-config", tmp_path / "0.yaml", tmp_path / "1.yaml"),
    ):
        command = [sys.executable, "-m", "pre_commit", what, *map(str, paths)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        assert not done.stderr
