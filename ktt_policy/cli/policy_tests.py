"""`ktt-policy test`: the policy tests of a rulebook, what they leave out, and what they would not notice."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ktt_policy.cli import fail
from ktt_policy.cli.options import format_option, list_option, rulebook_option
from ktt_policy.cli.parsing import Command

if TYPE_CHECKING:
    from ktt_policy.cases.run import Never, Tested
    from ktt_policy.diagnostics import Diagnostic, Span
    from ktt_policy.mutation.trial import Score, Survivor


@click.command("test", cls=Command)
@click.argument("codes", nargs=-1, metavar="[CODE...]")
@rulebook_option
@list_option("--select", metavar="CODE", help="Only these rules. Repeatable, or with commas.")
@click.option("--fixtures", type=click.Path(exists=True, file_okay=False), help="Where the base documents are.")
@click.option("--strict", is_flag=True, help="Fail also for what the cases leave out.")
@click.option("--mutate", is_flag=True, help="Alter each rule in every way, and list what no case notices.")
@format_option("text", "json")
@click.option("--verbose", "-v", is_flag=True, help="Name every case.")
def command(
    codes: tuple[str, ...], rulebook: str | None, select: tuple[str, ...], fixtures: str | None, strict: bool,
    mutate: bool, format: str, verbose: bool,
) -> None:  # fmt: skip
    """Run the cases of the rules (all, or those of the CODEs).

    Exit codes: 0 all passed; 1 a case failed, a mutant survived, an exception is not needed, or with --strict the
    cases leave something out; 2 could not test.
    """
    from ktt_policy.api import Rulebook
    from ktt_policy.cases.case import fixtures_of
    from ktt_policy.cases.run import run_cases
    from ktt_policy.diagnostics import Diagnostic, ProblemError, did_you_mean

    try:
        book = Rulebook.load(rulebook)
    except ProblemError as error:
        fail(error.diagnostics)
    known = [r.code for r in book.data.rules]
    chosen = [*codes, *(code.strip() for one in select for code in one.split(",") if code.strip())]
    for code in chosen:
        if code not in known:
            fail([Diagnostic("E502", f"there is no rule `{code}`", help=did_you_mean(code, known))])
    where = Path(fixtures) if fixtures else fixtures_of(book.folder)
    if not where.is_dir():
        help = "give the folder with the documents that the cases begin with: --fixtures FOLDER"
        fail([Diagnostic("E101", f"there is no folder `{where}`", help=help)])
    tested = run_cases(book, where, chosen)
    if tested.problems:
        fail(tested.problems)
    if not tested.results:
        fail([Diagnostic("E108", "there are no cases to run")])
    failed = any(r.fault for r in tested.results)
    score = None
    if mutate and not failed:
        from ktt_policy.mutation.trial import mutate as try_mutants

        score = try_mutants(book, where, chosen)
        if score.problems:
            fail(score.problems)
    if format == "json":
        click.echo(_json(tested, score))
    else:
        _tell(tested, score, verbose)
        if mutate and failed:
            click.echo("no mutation: every mutant of a rule whose cases fail would seem to be noticed", err=True)
    lacking = bool(tested.lacks or tested.unseen)
    survived = score is not None and bool(score.survivors or score.stale)
    sys.exit(1 if failed or tested.stale or survived or (strict and lacking) else 0)


# --- text -----------------------------------------------------------------------------------------------------


def _tell(tested: Tested, score: Score | None, verbose: bool) -> None:
    for r in tested.results:
        if r.fault:
            click.echo(f"FAILED {r.code} {r.name}\n  --> {r.place}\n  {r.fault}")
        elif verbose:
            click.echo(f"passed {r.code} {r.name}: {r.expect}")
    for lack in tested.lacks:
        click.echo(f"lacking {lack.code}: {lack.what}")
    for one in tested.unseen:
        value = str(one.never).lower()
        click.echo(f"lacking {one.code}: never {value}, in {_where(one)}\n  --> {one.place}\n  {one.condition}")
    _stale(tested.stale)
    failed = sum(bool(r.fault) for r in tested.results)
    rules = len({r.code for r in tested.results})
    lacking = len(tested.lacks) + len(tested.unseen)
    click.echo(
        f"{len(tested.results) - failed} passed, {failed} failed; {rules} rule{'s'[: rules != 1]}; "
        f"conditions {tested.seen}/{tested.outcomes - tested.excepted}, {tested.excepted} excepted; {lacking} lacking"
    )
    if score is not None:
        _tell_score(score)


def _tell_score(score: Score) -> None:
    for one in score.survivors:
        m = one.mutant
        nth = f" (no. {one.nth} of its kind)" if one.nth > 1 else ""
        click.echo(f"SURVIVED {m.code}: {_where(m)}{nth}\n  --> {one.place}")
        click.echo(f"  - {m.original}\n  + {m.mutated or '(left out)'}")
    _stale(score.stale)
    click.echo(
        f"mutation score {score.text}; {len(score.survivors)} survived; {score.equivalent} equivalent, not counted"
    )


def _where(one: Any) -> str:
    return f"`{one.at}`" + (f" by `{one.definition}`" if one.definition else "")


def _stale(found: list[Diagnostic]) -> None:
    from ktt_policy.diagnostics import render

    for diagnostic in found:
        click.echo(render(diagnostic))


# --- JSON -----------------------------------------------------------------------------------------------------


def _json(tested: Tested, score: Score | None) -> str:
    import json

    failures = [r for r in tested.results if r.fault]
    data: dict[str, Any] = {
        "cases": {
            "passed": len(tested.results) - len(failures),
            "failed": len(failures),
            "failures": [{"code": r.code, "name": r.name, "place": r.place, "fault": r.fault} for r in failures],
        },
        "lacking": [{"code": lack.code, "what": lack.what} for lack in tested.lacks],
        "conditions": {
            "seen": tested.seen,
            "total": tested.outcomes - tested.excepted,
            "excepted": tested.excepted,
            "unseen": [_unseen(one) for one in tested.unseen],
        },
        "not_needed": [_entry(d) for d in (*tested.stale, *(score.stale if score is not None else ()))],
    }
    if score is not None:
        data["mutation"] = {
            "killed": score.killed,
            "total": score.total,
            "equivalent": score.equivalent,
            "survivors": [_survivor(one) for one in score.survivors],
        }
    return json.dumps(data, ensure_ascii=False, indent=2)


def _unseen(one: Never) -> dict[str, Any]:
    return {
        "code": one.code, "version": one.version.isoformat(), "at": one.at, "definition": one.definition,
        "condition": one.condition, "never": one.never, **_place(one.place),
    }  # fmt: skip


def _survivor(one: Survivor) -> dict[str, Any]:
    m = one.mutant
    return {
        "code": m.code, "version": m.version.isoformat(), "at": m.at, "definition": m.definition,
        "original": m.original, "mutated": m.mutated, "nth": one.nth, **_place(one.place),
    }  # fmt: skip


def _place(span: Span) -> dict[str, Any]:
    return {"file": span.source, "line": span.line, "column": span.column}


def _entry(diagnostic: Diagnostic) -> dict[str, Any]:
    place = _place(diagnostic.span) if diagnostic.span is not None else {}
    return {"message": diagnostic.message, "pointer": diagnostic.pointer, **place}
