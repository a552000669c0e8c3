"""Settings: `ktt-policy.toml`, or `[tool.ktt-policy]` of a `pyproject.toml`, found upwards from the working folder.

The environment (`KTT_POLICY_LANG`) wins over the file, and flags win over both. Paths in the file are relative to it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from ktt_policy.diagnostics import Diagnostic, ProblemError, did_you_mean
from ktt_policy.report import SYSTEM_RULES

FILE = "ktt-policy.toml"
PREFIX = "KTT_POLICY_"
# Without any of these a `pyproject.toml` has no settings of ours, however it names us: most need not be parsed.
TABLE = rb"""(?m)^(?:\xef\xbb\xbf)?[\s\[]*["']?tool["']?\s*(\.\s*["']?ktt-policy|\]|=)"""
Text = Annotated[str, Meta(min_length=1)]
Positive = Annotated[int, Meta(ge=1)]


class Suppression(Struct, forbid_unknown_fields=True, rename="kebab", frozen=True):
    """Findings that are told but not held against the run, for a reason and until a day.

    Of one rule (`code`); of one document (`document`, its key) or one finding (`fingerprint`) where these are given.
    """

    code: Annotated[str, Meta(min_length=1, description="The code of the rule, such as I502.")]
    reason: Annotated[str, Meta(pattern=r"\S", description="Why it is accepted for now.")]
    until: Annotated[date, Meta(description="The last day on which it holds; after that the run fails.")]
    document: Annotated[str, Meta(description="The key of one document: its invoice number, say.")] = ""
    fingerprint: Annotated[str, Meta(description="The fingerprint of one finding, as in the JSON report.")] = ""


class Settings(Struct, forbid_unknown_fields=True, rename="kebab", omit_defaults=True):
    """What a settings file may say: the options of the commands under their own names, and suppressions."""

    rulebook: Annotated[str | None, Meta(description="A shipped rulebook's id, or a folder.")] = None
    parameters: Annotated[str | None, Meta(description="A file: parameter → date → value.")] = None
    context: Annotated[list[Text], Meta(description="Documents to look things up in.")] = field(default_factory=list)
    select: Annotated[list[Text], Meta(description="Only these rules or clauses.")] = field(default_factory=list)
    ignore: Annotated[list[Text], Meta(description="Not these rules or clauses.")] = field(default_factory=list)
    lang: Annotated[Literal["fi", "en"] | None, Meta(description="Language of messages.")] = None
    format: Annotated[str | None, Meta(description="What goes to stdout.")] = None
    output: Annotated[dict[str, Text], Meta(description="Format → file, as --output.")] = field(default_factory=dict)
    baseline: Annotated[str | None, Meta(description="A JSON report whose findings are known.")] = None
    fail_on: Annotated[Literal["error", "warning"] | None, Meta(description="What fails a run.")] = None
    allow_undecided: Annotated[bool | None, Meta(description="Undecided outcomes do not fail a run.")] = None
    complete: Annotated[bool | None, Meta(description="All documents are given.")] = None
    strict_input: Annotated[
        bool | None, Meta(description="Refuse files of a folder that are not named as documents.")
    ] = None
    max_bytes: Annotated[Positive | None, Meta(description="Largest single document.")] = None
    jobs: Annotated[Positive | None, Meta(description="Processes.")] = None
    suppress: list[Suppression] = field(default_factory=list)


PATHS = ("parameters", "baseline")
SWITCHES = ("allow_undecided", "complete", "strict_input")


def find(folder: Path) -> Path | None:
    """The settings file of a folder: the nearest one upwards."""
    for parent in (folder, *folder.parents):
        own = parent / FILE
        if own.is_file():
            return own
        project = parent / "pyproject.toml"
        if project.is_file() and _has_table(project):
            return project
    return None


def _has_table(project: Path) -> bool:
    """True when a `pyproject.toml` has settings of ours, or might have some and is broken."""
    try:
        raw = project.read_bytes()
    except OSError as error:
        raise _unfit(f"cannot read `{project}`: {error.strerror}") from None
    if b"ktt-policy" not in raw or not re.search(TABLE, raw):
        return False
    import tomllib

    try:
        tool = tomllib.loads(raw.decode("utf-8-sig")).get("tool")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return True
    return isinstance(tool, dict) and "ktt-policy" in tool


def read(path: Path) -> Settings:
    """The settings of a file, with its paths made absolute. ProblemError says what is wrong with it."""
    import tomllib

    try:
        data = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise _unfit(f"cannot read `{path}`: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _unfit(f"`{path}` is not TOML: {error}") from None
    if path.name == "pyproject.toml":
        tool = data.get("tool", {})
        data = tool.get("ktt-policy", {}) if isinstance(tool, dict) else {}
        if not isinstance(data, dict):
            raise _unfit(f"`tool.ktt-policy` of `{path}` is no table")
    _known(data, Settings, str(path))
    for entry in data.get("suppress", ()) if isinstance(data.get("suppress"), list) else ():
        if isinstance(entry, dict):
            _known(entry, Suppression, f"[[suppress]] in {path}")
    try:
        made = msgspec.convert(data, Settings)
    except msgspec.ValidationError as error:
        raise _unfit(f"`{path}`: {_said(str(error), data)}") from None
    for suppression in made.suppress:
        if suppression.code in SYSTEM_RULES:
            help = "it says that a document cannot be trusted; correct the document, and take the entry out"
            raise _unfit(f"`{suppression.code}` cannot be suppressed ([[suppress]] in {path})", help)
    return _anchored(made, path.parent)


def _known(data: dict[str, Any], kind: type[Struct], where: str) -> None:
    names = list(kind.__struct_encode_fields__)
    for key in data:
        if key not in names:
            raise _unfit(f"unknown setting `{key}` in {where}", did_you_mean(key, names))


# What is to be written in TOML, by the type that msgspec expects there.
NEEDED = {
    "str": "a text is needed, in quotes",
    "bool": "true or false is needed, without quotes",
    "int": "a whole number is needed, without quotes",
    "date": "a day is needed, without quotes: until = 2027-01-31",
    "object": 'a table is needed: output = {sarif = "report.sarif"}',
}


def _said(error: str, data: dict[str, Any]) -> str:
    """What msgspec refuses, in the words of who writes the file; its own are those of its decoder."""
    text, _, place = error.partition(" - at ")
    place = place.strip("`").removeprefix("$.")
    key = (re.findall(r"[a-z-]+", place) or [""])[-1]
    expected = re.match(r"Expected `(\w+)", text)
    said = NEEDED.get(expected[1], text) if expected is not None else text
    if text.endswith(">= 1") and expected is not None and expected[1] == "int":
        said = "the number must be at least 1"
    elif " of length " in text or " matching regex " in text:
        said = f"the {key} is empty" if place.endswith(key) else "a text of the list is empty"
    elif key == "suppress" and expected is not None:
        said = "each entry stands under a heading of its own, [[suppress]]"
    elif expected is not None and expected[1] == "array":
        said = f"a list of texts is needed: {key} = [{_quoted(data[key] if isinstance(data[key], str) else '…')}]"
    elif text.startswith("Invalid enum value"):
        schema = json_schema()["$defs"]["Settings"]["properties"][key]
        listed = [one for part in schema.get("anyOf", [schema]) for one in part.get("enum", ()) if one is not None]
        said = f"one of these is needed: {', '.join(map(_quoted, listed))}"
    elif text.endswith("encoded date"):
        said = NEEDED["date"]
    elif text.startswith("Object missing"):
        said = f"{text.rpartition(' ')[2]} is missing"
    return f"{place}: {said}"


def _quoted(text: str) -> str:
    return f'"{text}"'


def _unfit(message: str, help: str = "") -> ProblemError:
    shown = help or "see the settings page of the documentation, or `ktt-policy schema settings`"
    return ProblemError([Diagnostic("E113", message, help=shown)])


def _anchored(settings: Settings, folder: Path) -> Settings:
    """Paths in the file are relative to the file's folder."""

    def full(path: str) -> str:
        return str(folder / path)

    for name in PATHS:
        value = getattr(settings, name)
        if value is not None:
            setattr(settings, name, full(value))
    settings.context = [full(path) for path in settings.context]
    settings.output = {form: full(path) for form, path in settings.output.items()}
    if settings.rulebook is not None and (folder / settings.rulebook / "rulebook.yaml").is_file():
        settings.rulebook = full(settings.rulebook)
    return settings


def defaults(settings: Settings, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Option name → value of the file or, before it, of the environment; only what is said somewhere."""
    made: dict[str, Any] = {}
    for name in settings.__struct_fields__:
        if name == "suppress":
            continue
        value = getattr(settings, name)
        if value not in (None, [], {}):
            made[name] = [f"{form}={path}" for form, path in value.items()] if name == "output" else value
        given = environment.get(PREFIX + name.upper())
        if given:
            made[name] = _of_text(name, given)
    return made


def without_effect(environment: Mapping[str, str], others: Collection[str]) -> list[Diagnostic]:
    """Variables of our name that set nothing; `others` are known besides settings."""
    known = [PREFIX + name.upper() for name in Settings.__struct_fields__ if name != "suppress"]
    return [
        Diagnostic(
            "W112", f"the environment variable `{name}` sets nothing", severity="warning",
            help=did_you_mean(name, [*known, *others]),
        )
        for name in sorted(environment)
        if name.startswith(PREFIX) and name not in known and name not in others
    ]  # fmt: skip


def _of_text(name: str, given: str) -> Any:
    if name in ("context", "select", "ignore", "output"):
        return [part.strip() for part in given.split(",") if part.strip()]
    if name in SWITCHES:
        if given.lower() not in ("1", "true", "yes", "0", "false", "no"):
            raise _unfit(f"{PREFIX}{name.upper()} is `{given}`", "give 1 or 0")
        return given.lower() in ("1", "true", "yes")
    return given


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a settings file."""
    return msgspec.json.schema(Settings)
