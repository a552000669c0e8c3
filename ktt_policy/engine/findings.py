"""Verdicts → findings: message, values, parameters, clauses and places, by the interpreter, for what is reported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ktt_policy.build.model import Edition, RulebookData, Version
from ktt_policy.diagnostics import Texts
from ktt_policy.documents import Document, issuer_of
from ktt_policy.engine.context import Context
from ktt_policy.engine.judge import Judge
from ktt_policy.engine.telling import SCALAR, Telling
from ktt_policy.engine.verdicts import Verdict, written_keys
from ktt_policy.engine.wording import worded
from ktt_policy.expr import typed as t
from ktt_policy.expr.interpreter import Interpreter, Recorder
from ktt_policy.expr.values import Reason, Unknown, is_null, to_json
from ktt_policy.masking import MASK, mask
from ktt_policy.places import place
from ktt_policy.reasons import reason_text
from ktt_policy.report import SYSTEM_RULES, ClauseLink, Finding, Place, UsedParameter
from ktt_policy.source.spans import parts, pointer

LANGUAGES = ("fi", "en")
PLACES = 5


class FindingMaker:
    """Bound to a run and its judge."""

    def __init__(self, context: Context, judge: Judge, telling: Telling) -> None:
        self.context = context
        self.judge = judge
        self.telling = telling
        self._within = {kind.name: kind.within for kind in context.data.kinds}

    # --- what a verdict becomes -------------------------------------------------------------------------

    def violation(self, verdict: Verdict) -> Finding:
        rule, version = verdict.rule, verdict.version
        telling = {id(part.node) for part in self.telling.parts(version)}
        seen: dict[tuple[str, int], Any] = {}
        used: dict[str, Any] = {}

        def record(node: t.Tree, text: str, value: Any) -> None:
            if node.__class__ is t.Param:
                used[node.name] = value
            if id(node) in telling:
                seen[text, id(node)] = value

        interpreter = self.interpreter(verdict, record)
        for expression in (version.when if not version.grouped else None, version.having, version.require):
            if expression is not None:
                interpreter.run(expression)
        if version.grouped:
            self._gathering(verdict, used)
        lets = [let for let in version.lets if verdict.entries is None or let.group]
        named = {
            let.name: (let.expression.tree, interpreter.value(t.Var(0, 0, let.expression.tree.kind, 0, let.unique)))
            for let in lets
        }
        values = self._values(version, named, seen)
        message = self._message(version, interpreter)
        place, related = self._places(verdict, interpreter)
        return Finding(
            rule.code, rule.name, version.severity, "violated", version.title, message,
            self._clauses(verdict, interpreter), place, verdict.document.kind, verdict.document.key,
            version.start, verdict.day, related, values, self._used(used, verdict.day), None, 1, self._subject(verdict),
            document=verdict.document.number, published_on=version.published_on, issuer=self.issuer(verdict.document),
        )  # fmt: skip

    def undecided(self, verdicts: list[Verdict]) -> Finding:
        """One finding for all undecided outcomes of a rule with one reason."""
        first = verdicts[0]
        rule, version = first.rule, first.version
        assert first.reason is not None
        # A document that the reason was found in is told where it is the same for all.
        told = first.reason if all(v.reason == first.reason for v in verdicts) else replace(first.reason, document="")
        reason = self.reason(told)
        times = len(verdicts)
        message = {
            "fi": reason["fi"] + (f" ({times} tapausta)" if times > 1 else ""),
            "en": reason["en"] + (f" ({times} items)" if times > 1 else ""),
        }
        places = [self.place(v.document, self._pointer(v)) for v in verdicts[:PLACES]]
        clauses = [self._link(ref.clause, first.day) for ref in version.clauses]
        return Finding(
            rule.code, rule.name, version.severity, "undecided", version.title, message, clauses, places[0],
            first.document.kind, first.document.key, first.in_force, first.day, places[1:], {}, [], reason, times,
            "|".join((first.reason.code, *first.reason.about)),
            published_on=version.published_on if first.in_force is not None else None,
        )  # fmt: skip

    def reason(self, reason: Reason) -> Texts:
        """The reason in words; a kind of document goes by its Finnish title in Finnish."""
        return {lang: mask(reason_text(reason, lang, self.telling.titles.get(lang))) for lang in LANGUAGES}

    def schema_fault(self, document: Document, fault: Any) -> Finding:
        name, title, _ = SYSTEM_RULES["S000"]
        kind = document.kind
        message = {lang: mask(text) for lang, text in fault.message.items()}
        return Finding(
            "S000", name, "error", "violated", title, message, [],
            self.place(document, document.prefix + fault.pointer), kind, document.key,
            subject=f"{_steady(fault.pointer, document.record)}|{fault.schema}", document=document.number,
            schema=f"{kind}.schema.json#{fault.schema}", issuer=self.issuer(document),
        )  # fmt: skip

    def duplicate(self, documents: list[Document]) -> Finding:
        name, title, _ = SYSTEM_RULES["S001"]
        judged = [d for d in documents if d.judged]
        last, others = judged[-1], [d for d in documents if d is not judged[-1]]
        field = next(k.key for k in self.context.data.kinds if k.name == last.kind)
        where = ", ".join(sorted({d.file for d in others}))
        message = {
            "fi": f"Tunnuksella {mask(last.key)} on {len(documents)} asiakirjaa: tämän lisäksi {where}. "
            "Poista kaksoiskappale tai korjaa tunnus.",
            "en": f"{len(documents)} documents have the key {mask(last.key)}: besides this one {where}. "
            "Take out the duplicate or correct the key.",
        }
        places = [self.place(d, f"{d.prefix}/{field}") for d in (last, *others)]
        return Finding(
            "S001", name, "error", "violated", title, message, [], places[0], last.kind, last.key,
            related=places[1:], subject=last.key, document=last.number, issuer=self.issuer(last),
        )  # fmt: skip

    def issuer(self, document: Document) -> str:
        """Who gave the document its key, where each gives its own."""
        return issuer_of(document, self._within[document.kind])

    # --- evaluation for the record ----------------------------------------------------------------------

    def interpreter(self, verdict: Verdict, recorder: Recorder | None = None) -> Interpreter:
        """An interpreter in the scope of a verdict, with the parameters of its day."""
        context, version = self.context, verdict.version
        if verdict.entries is not None:
            names = self.judge.group_names(version, verdict.keys, verdict.entries)
        else:
            names = self._item_names(verdict)
        day = verdict.day
        parameters = context.time.parameters_at(day) if day is not None else context.time.no_parameters
        return self.judge.interpreter(version, names, parameters, recorder)

    def _gathering(self, verdict: Verdict, used: dict[str, Any]) -> None:
        """The parameters by which the item that a finding stands at came into its group."""

        def record(node: t.Tree, _: str, value: Any) -> None:
            if node.__class__ is t.Param:
                used.setdefault(node.name, value)

        version, time = verdict.version, self.context.time
        parameters = time.parameters_at(verdict.day) if verdict.day is not None else time.no_parameters
        interpreter = self.judge.interpreter(version, self._item_names(verdict), parameters, record)
        for expression in (version.when, *(key for _, key in version.group_by)):
            if expression is not None:
                interpreter.run(expression)

    def _item_names(self, verdict: Verdict) -> dict[str, Any]:
        return self.judge.item_names(verdict.rule, verdict.version, verdict.document, verdict.positions)

    def _message(self, version: Version, interpreter: Interpreter) -> Texts:
        known: dict[str, Any] = {}  # by the expression: mostly all languages tell of the same
        message = {}
        for lang in LANGUAGES:
            text = ""
            for part in version.message[lang]:
                if isinstance(part, str):
                    text += part
                elif self.telling.hides(part.tree, version):
                    text += MASK
                else:
                    if part.text not in known:
                        known[part.text] = interpreter.run(part)
                    text += worded(known[part.text], lang, self.telling.names(part.tree, version))
            message[lang] = mask(text)
        return message

    def _values(self, version: Version, lets: dict[str, tuple[t.Tree, Any]], seen: dict[Any, Any]) -> dict[str, Any]:
        """The parts that decide, as written: lets, paths and calls with a plain value, outside of loops."""
        kept = {name: self._shown(node, version, value) for name, (node, value) in lets.items() if node.kind in SCALAR}
        for part in self.telling.parts(version):
            at = (part.text, id(part.node))
            if at in seen:
                kept.setdefault(part.written, self._shown(part.node, version, seen[at]))
        return kept

    def _shown(self, node: t.Tree, version: Version, value: Any) -> Any:
        if not is_null(value) and self.telling.hides(node, version):
            return MASK
        return self.telling.shown(to_json(value))

    def _used(self, used: dict[str, Any], day: date | None) -> list[UsedParameter]:
        made = []
        for name, value in used.items():
            start = self.context.time.parameter_start(name, day) if day is not None else None
            if start is None or isinstance(value, Unknown):
                continue
            entry = next(v for v in self.context.time.parameters[name].values if v.start == start)
            made.append(UsedParameter(name, to_json(value), start, entry.reference, entry.published_on))
        return made

    # --- clauses and places -----------------------------------------------------------------------------

    def _clauses(self, verdict: Verdict, interpreter: Interpreter) -> list[ClauseLink]:
        """Those that apply; all where none is known to, so that no finding stands without its source."""
        refs = verdict.version.clauses
        apply = [ref for ref in refs if ref.when is None or interpreter.run(ref.when) is True]
        return [self._link(ref.clause, verdict.day) for ref in apply or refs]

    def _link(self, clause: str, day: date | None) -> ClauseLink:
        return link(self.context.data, clause, day or self.context.today)

    def hidden(self, document: Document) -> frozenset[str]:
        """The fields whose values are not shown in the lines of a document."""
        return self.telling.sensitive | self.context.unknown.get((document.file, document.line), frozenset())

    def place(self, document: Document, at: str) -> Place:
        return place(document, at, self.hidden(document))

    def _pointer(self, verdict: Verdict) -> str:
        return pointer_of(verdict.version, verdict.document, verdict.positions)

    def _places(self, verdict: Verdict, interpreter: Interpreter) -> tuple[Place, list[Place]]:
        chosen = self._chosen(verdict, interpreter)
        if chosen:
            return chosen[0], chosen[1:]
        place = self.place(verdict.document, self._pointer(verdict))
        others = []
        for entry in verdict.entries or ():
            at = pointer_of(verdict.version, entry.document, entry.positions)
            if entry.document is not verdict.document or at != place.pointer:
                others.append(self.place(entry.document, at))
        return place, others

    def _chosen(self, verdict: Verdict, interpreter: Interpreter) -> list[Place]:
        """The places that `at` names, those in documents that are judged first."""
        at = verdict.version.at
        if at is None:
            return []
        tree = at.tree
        while isinstance(tree, t.If):
            tree = tree.then if interpreter.value(tree.condition) is True else tree.otherwise
        trees = tree.members if isinstance(tree, t.ListOf) else (tree,)
        places: list[Place] = []
        context: list[Place] = []
        for tree in trees:
            if verdict.entries is None:
                root, fields = t.path_of(tree)
                start = self._start(verdict, root)
                if start is not None:
                    places.append(self.place(verdict.document, start + pointer(*fields)))
                else:
                    places += self._items(verdict.document, tree, interpreter)
                continue
            value = interpreter.value(tree)
            items = {id(item) for item in (value if isinstance(value, list) else [value])}
            for entry in verdict.entries or ():
                if id(entry.item) in items:
                    where = pointer_of(verdict.version, entry.document, entry.positions)
                    found = places if entry.document.judged else context
                    found.append(self.place(entry.document, where))
        return [*places, *context]

    def _items(self, document: Document, tree: t.Tree, interpreter: Interpreter) -> list[Place]:
        """The places of the items of a document that an expression chooses, or of a field of theirs."""
        field = (tree.name,) if isinstance(tree, t.Project) else ()
        value = interpreter.value(tree.of if isinstance(tree, t.Project) else tree)
        chosen = {id(item) for item in value} if isinstance(value, list) else set()
        found = [at for at, item in _records(document.record) if id(item) in chosen]
        return [self.place(document, document.prefix + at + pointer(*field)) for at in found]

    def _start(self, verdict: Verdict, root: str) -> str | None:
        version, document = verdict.version, verdict.document
        if root == verdict.rule.kind:
            return document.prefix
        for depth, iterator in enumerate(version.iterators):
            if iterator.variable == root:
                return pointer_of(version, document, verdict.positions, depth + 1)
        return None

    def _subject(self, verdict: Verdict) -> str:
        """What in the document the finding is about, by identifiers where there are some, not by position."""
        if verdict.keys:
            return "|".join(written_keys(verdict.keys))
        names = self._item_names(verdict)
        walked = zip(verdict.version.iterators, verdict.positions, strict=False)
        return "|".join(_id_of(names.get(i.variable)) or f"{i.variable}{index}" for i, index in walked)


def link(data: RulebookData, clause: str, day: date) -> ClauseLink:
    """A clause as a finding names it, in the edition of a day, or the one where it is to be read then."""
    edition: Edition = data.edition_of(clause, day) or data.editions[0]
    entry = edition.clauses.get(clause)
    docs = f"{data.docs.rstrip('/')}/clauses/{clause}/" if data.docs else ""
    return ClauseLink(data.id, edition.start.isoformat(), clause, entry.heading if entry is not None else {}, docs)


def _records(record: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """The objects within an object, in written order, with their pointers."""
    for name in record.__struct_fields__:
        value = getattr(record, name)
        inner = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, item in inner:
            if isinstance(item, Struct):
                where = at + (pointer(name) if index is None else pointer(name, index))
                yield where, item
                yield from _records(item, where)


def _steady(pointer: str, record: Any) -> str:
    """The pointer with the ids of items, where they have one, for their positions: others may come before them."""
    made, here = [], record
    for part in parts(pointer):
        if isinstance(here, list) and part.isdigit() and int(part) < len(here):
            here = here[int(part)]
            made.append(_id_of(here) or part)
        else:
            here = getattr(here, part, None)
            made.append(part)
    return "/".join(made)


def _id_of(item: Any) -> str:
    """The id that an item of a list states; empty where it has none."""
    named = next((field for field in getattr(item, "__struct_fields__", ()) if field.endswith("_id")), "")
    found = getattr(item, named, None)
    return found if isinstance(found, str) else ""


def pointer_of(version: Version, document: Document, positions: tuple[int, ...], depth: int | None = None) -> str:
    """The JSON Pointer, within the file, of an item; as far as `for_each` follows paths of the document."""
    starts: dict[str, str] = {document.kind: document.prefix}
    here = document.prefix
    for iterator, index in list(zip(version.iterators, positions, strict=False))[:depth]:
        base = starts.get(iterator.base)
        if base is None:
            return here
        here = base + pointer(*iterator.path, index)
        starts[iterator.variable] = here
    if len(positions) < len(version.iterators):
        iterator = version.iterators[len(positions)]
        base = starts.get(iterator.base)
        if base is not None:
            return base + pointer(*iterator.path)
    return here
