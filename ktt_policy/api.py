"""The Python API: a rulebook that checks documents, and single expressions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from decimal import localcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import DecodeError
from msgspec.structs import replace

from ktt_policy.build.cache import decode, encode
from ktt_policy.build.cache import load as load_cached
from ktt_policy.build.model import SYSTEM, Parameter, Rule, RulebookData
from ktt_policy.build.parameters import Given, overlay
from ktt_policy.detail import chosen_rules, describe, known_then
from ktt_policy.diagnostics import Diagnostic, ProblemError, did_you_mean, has_errors
from ktt_policy.documents import Document, exact, read_all
from ktt_policy.engine.run import Engine
from ktt_policy.expr.values import CONTEXT, to_python
from ktt_policy.inputs import LARGEST, size_of
from ktt_policy.report import Basis, Report
from ktt_policy.resources import policy_folder
from ktt_policy.schemas.records import Kind, Reader

if TYPE_CHECKING:
    from ktt_policy.expr.typed import Checked
    from ktt_policy.expr.typesystem import Type

DEFAULT = "pohjois-savo-ktt"
# Below so many bytes of documents, starting processes and compiling rules in each takes longer than judging here.
WORTH_SHARING = 2_000_000
# So many a process may hold; what is more is judged in shares.
LARGE = 128 * 1024 * 1024
Tell = Callable[[str, int, int], None]


def find_rulebook(name: str | Path | None = None) -> Path:
    """The folder of a rulebook: a path, or the id of a shipped one. Raises ProblemError when there is none."""
    wanted = str(DEFAULT if name is None else name)
    if not wanted:
        raise ProblemError([Diagnostic("E502", "the name of the rulebook is empty", help="is a variable not set?")])
    for folder in (Path(wanted), policy_folder() / wanted):
        if (folder / "rulebook.yaml").is_file():
            return folder
    shipped = sorted(p.name for p in policy_folder().glob("*") if (p / "rulebook.yaml").is_file())
    help = did_you_mean(wanted, shipped, "give a folder that holds a `rulebook.yaml`")
    message = f"there is no rulebook `{wanted}`"
    if Path(wanted).is_dir():
        message = f"the folder `{wanted}` holds no rulebook: it has no `rulebook.yaml`"
        help = "give the folder that holds `rulebook.yaml`, or the name of a shipped rulebook: " + ", ".join(shipped)
    raise ProblemError([Diagnostic("E502", message, help=help)])


class Rulebook:
    """A checked rulebook. Make one with `Rulebook.load()`; it can check any number of times.

    `data` is everything it says.
    """

    def __init__(self, data: RulebookData, folder: Path, known_on: date | None = None) -> None:
        self.data = data.known_on(known_on)
        self._all = data
        self.known_on = known_on
        self.folder = folder
        self._reader: Reader | None = None
        self._engine: Engine | None = None

    @classmethod
    def load(cls, rulebook: str | Path | None = None, known_on: date | None = None) -> Rulebook:
        """A shipped rulebook by id, or one in a folder; the shipped default without a name.

        `known_on` gives it as it was known on that day, without the corrections that were published later.
        Raises ProblemError with every diagnostic when the rulebook is broken.
        """
        folder = find_rulebook(rulebook)
        data, found = load_cached(folder)
        if data is None:
            raise ProblemError([d for d in found if d.severity == "error"])
        return cls(data, folder, known_on)

    @classmethod
    def from_bytes(cls, raw: bytes, known_on: date | None = None) -> Rulebook:
        """A checked rulebook from what `to_bytes` gave: it checks documents without its folder, and without YAML.

        Raises ProblemError for bytes of another version. What reads the rulebook's files (its own tests, `evaluate`
        with it) needs `load`.
        """
        try:
            data = decode(raw)
        except DecodeError:
            help = "make it with `Rulebook.to_bytes` of the version that reads it"
            raise ProblemError([Diagnostic("E502", "these bytes are no checked rulebook", help=help)]) from None
        return cls(data, policy_folder() / data.id, known_on)

    def to_bytes(self) -> bytes:
        """Everything the rulebook says, with the parameter values laid over it, for `from_bytes`."""
        return encode(self.data)

    @property
    def with_corrected(self) -> RulebookData:
        """What the rulebook says, with what corrections have taken the place of."""
        return self._all

    def as_known(self, day: date) -> Rulebook:
        """The rulebook as it was known on a day, without the parameter values laid over it."""
        return Rulebook(self._all, self.folder, day)

    @property
    def reader(self) -> Reader:
        if self._reader is None:
            self._reader = Reader([Kind(info) for info in self.data.kinds])
        return self._reader

    def parameters(self, given: Any) -> tuple[Parameter, ...]:
        """The rulebook's parameters with values (name → date → value) laid over them; ProblemError if unfit."""
        made, found = overlay(self.data.parameters, _given(given), self.known_on)
        if has_errors(found):
            raise ProblemError(found)
        return made

    def lay_over(self, given: Any) -> None:
        """Lay parameter values (name → date → value) over the rulebook's for good; ProblemError if unfit."""
        self.data = replace(self.data, parameters=self.parameters(given))
        self._engine = None

    def choose(self, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> list[Rule]:
        """The rules of codes or clauses, less those of others; ProblemError for one that is neither."""
        wanted, unwanted = _named(select), _named(ignore)
        codes = {rule.code for rule in self.data.rules}
        clauses = {c for e in self.data.editions for c in e.clauses}
        for one in (*wanted, *unwanted):
            if one in SYSTEM and one in unwanted:
                help = "it says that a document cannot be trusted; correct the document"
                raise ProblemError([Diagnostic("E501", f"`{one}` cannot be ignored", help=help)])
            if one not in codes and one not in clauses and one not in SYSTEM:
                if any(rule.code == one for rule in self._all.rules):
                    help = "leave it out: nothing was judged by it then"
                    raise ProblemError([Diagnostic("E502", f"`{one}` was not known on {self.known_on}", help=help)])
                help = did_you_mean(one, [*codes, *clauses])
                raise ProblemError([Diagnostic("E502", f"`{one}` is no rule code and no clause", help=help)])

        def named(rule: Rule, names: list[str]) -> bool:
            refs = {ref.clause for version in rule.versions for ref in version.clauses}
            return rule.code in names or any(f"{ref}.".startswith(f"{name}.") for ref in refs for name in names)

        return [rule for rule in self.data.rules if (not wanted or named(rule, wanted)) and not named(rule, unwanted)]

    def check(
        self,
        documents: Iterable[Any],
        on: date | None = None,
        context: Iterable[Any] = (),
        parameters: Any = None,
        complete: bool = False,
        select: Iterable[str] = (),
        ignore: Iterable[str] = (),
        compiled: bool | None = None,
        max_bytes: int = LARGEST,
        show: Collection[str] = (),
        cases: bool = False,
        strict_input: bool = False,
        jobs: int = 1,
        tell: Tell | None = None,
    ) -> Report:
        """Check documents: paths, globs, bytes, or mappings with Decimal or int numbers.

        `on` is the evaluation date ("now", default today); `context` are documents to look things up in, not
        judged; `parameters` (name → date → value) are laid over the rulebook's; `complete` says that a document
        that is not given does not exist. Files that cannot be read become problems of the report (exit code 2),
        never exceptions. `show` (`passed`, `not applicable`) fills `Report.shown`, and `cases` `Report.cases`,
        which some formats need; both keep every verdict, so they take time and memory. `strict_input` refuses files
        of a folder that are not named as documents. `jobs` processes, forked from this one, share the work of a large
        run of files; a very large one is read in shares that are not kept. `tell` is told of the stages (name, done,
        total).
        """
        values = None if parameters is None else _given(parameters)
        basis = Basis(tuple(_named(select)), tuple(_named(ignore)))
        if values is not None:
            basis = Basis(basis.select, basis.ignore, values.source, values.text)
        engine = self.engine(values, basis.select, basis.ignore)
        given, context, day = _listed(documents), _listed(context), _day(on)
        told = tell or (lambda stage, done, total: None)
        least = WORTH_SHARING if jobs > 1 else LARGE
        if compiled is not False and not (show or cases) and size_of([*given, *context]) > least:
            report = self._in_shares(engine, given, context, day, complete, max_bytes, strict_input, jobs, told)
            if report is not None:
                return self._founded(report, basis)
        read: list[Document | Diagnostic] = []
        for paths, judged in ((given, True), (context, False)):
            told("read", len(read), 0)
            for one in read_all(paths, self.reader, judged, max_bytes, strict_input):
                read.append(one)
                if not len(read) % 500:
                    told("read", len(read), 0)
        told("judge", 0, 0)
        run = engine.run(day, complete, compiled)
        report = run.check(read, bool(show) or cases)
        told("describe", 0, 0)
        return self._founded(describe(report, run, show, cases), basis)

    def _founded(self, report: Report, basis: Basis) -> Report:
        """The report, with what it rests on."""
        report.known_on, report.basis = self.known_on, basis
        if self.known_on is not None:
            report.notes.append(known_then(self.known_on))
        if basis.select or basis.ignore:
            report.notes.append(chosen_rules(basis))
        return report

    def _in_shares(
        self, engine: Engine, given: list[Any], context: list[Any], day: date, complete: bool, largest: int,
        strict: bool, jobs: int, told: Tell,
    ) -> Report | None:  # fmt: skip
        """A large run of files, which are read again rather than kept; None where that cannot be."""
        from ktt_policy.engine import shares
        from ktt_policy.engine.stock import Stock

        if engine.program.needs_all:
            return None
        told("read", 0, 0)
        stock = Stock(self.reader)
        stock.take(given, largest, strict)
        stock.context_from = len(stock)
        stock.take(context, largest, strict)
        if not len(stock):
            return None
        told("judge", 0, 0)
        try:
            report, run = shares.check_in_shares(engine, stock, day, complete, jobs, told)
        except OSError:  # no room for what shares have in common: one process does it all
            return None
        finally:
            stock.close()
        told("describe", 0, 0)
        return describe(report, run, (), False)

    def engine(self, parameters: Any = None, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> Engine:
        """The engine for some rules and parameter values; the plain one is made once."""
        chosen, unwanted = _named(select), _named(ignore)
        if parameters is None and not chosen and not unwanted:
            if self._engine is None:
                self._engine = Engine(self.data)
            return self._engine
        values = self.parameters(parameters) if parameters is not None else self.data.parameters
        return Engine(self.data, values, self.choose(chosen, unwanted), any(one in SYSTEM for one in chosen))


def _listed(given: Iterable[Any]) -> list[Any]:
    """What is given, one by one: a path, text or mapping by itself is one."""
    return [given] if isinstance(given, (str, Path, bytes, bytearray, Mapping)) else list(given)


def _given(parameters: Any) -> Given:
    return parameters if isinstance(parameters, Given) else Given(exact(parameters))


GIVEN_TODAY = "today'given"


def _named(codes: Iterable[str]) -> list[str]:
    """Codes and clauses as they are given; one by itself is one."""
    return [codes] if isinstance(codes, str) else list(codes)


def _day(on: date | None) -> date:
    """The evaluation date: that given, of a time its day; else today."""
    if on is not None and not isinstance(on, date):
        raise TypeError(f"the evaluation date is a {type(on).__name__}; give a datetime.date")
    return (on.date() if isinstance(on, datetime) else on) or date.today()


def evaluate(expression: str, context: Any = None, on: date | None = None, rulebook: Rulebook | None = None) -> Any:
    """The value of one expression. `context`: a mapping whose entries are names in it.

    With a rulebook the expression may read its parameters, as on the day, and call its definitions; a context that is a
    document of one of its kinds is then known by the name of the kind, as in a rule.

    Returns Decimal, str, bool, date, time, datetime, list, dict, or None for null and for what is not known; durations
    print as ISO 8601. Raises ProblemError when the expression is wrong.
    """
    return to_python(evaluated(expression, context, on, rulebook)[1])


def evaluated(
    expression: str, context: Any = None, on: date | None = None, rulebook: Rulebook | None = None
) -> tuple[Checked, Any]:
    """The checked expression and its value as the language has it, which says why something is not known."""
    from ktt_policy.expr.interpreter import Interpreter

    checked, _, names = check_expression(expression, context, rulebook)
    day = _day(on)
    parameters = None
    if rulebook is not None:
        from ktt_policy.engine.context import Timeframe

        parameters = Timeframe(rulebook.data, rulebook.data.parameters, []).parameters_at(day)
    with localcontext(CONTEXT):
        return checked, Interpreter({"today": day, "run.complete": False, **names}, parameters).run(checked)


def check_expression(
    expression: str, context: Any = None, rulebook: Rulebook | None = None
) -> tuple[Checked, Type, dict[str, Any]]:
    """The checked expression, its type, and the values of the names that it may speak of. ProblemError if wrong."""
    from ktt_policy.expr.checking.checker import compile_text
    from ktt_policy.expr.python import type_of, value_of
    from ktt_policy.expr.scope import Scope
    from ktt_policy.source.text import whole

    scope: Scope | None = Scope()
    given = dict(context or {})
    if rulebook is not None:
        from ktt_policy.build.assemble import scope_of

        scope, found = scope_of(rulebook.folder)
        if scope is None:
            raise ProblemError(found)
    assert scope is not None
    kind_name = given.get("document_type")
    if rulebook is not None and isinstance(kind_name, str) and kind_name in scope.documents:
        document = next(iter(read_all([given], rulebook.reader, True)))
        if isinstance(document, Diagnostic):
            raise ProblemError([document])
        names = {document.kind: document.record}
        scope = scope.having(**{document.kind: scope.documents[document.kind]})
    else:
        try:
            names = value_of(given)
            scope = replace(scope.having(**{k: type_of(v) for k, v in names.items()}), bare=context is not None)
        except RecursionError:
            raise TypeError("the context nests too deeply") from None
        if "today" in names:
            # A name of the caller's is not the evaluation date, which `today()` still gives.
            names[GIVEN_TODAY] = names.pop("today")
            scope = replace(scope, unique={**scope.unique, "today": GIVEN_TODAY})
    checked, kind, found = compile_text(whole(expression), scope)
    if checked is None:
        raise ProblemError(found)
    return checked, kind, names
