"""One version of a rule: its texts → checked expressions, each in the scope that its place has.

Item phase (`for_each`, `date`, `when`, `group_by`, lets without `group`): the document and the iterators.
Group phase (lets with `group`, `having`, `require`, `message`, `group_date`): `group`, its keys and the lets.
Without `group_by` there is only the item phase.
"""

from __future__ import annotations

import re
from collections.abc import Container
from datetime import timedelta

from msgspec.structs import replace

from ktt_policy.build.message import template
from ktt_policy.build.model import FOR, RETURN, ClauseRef, Edition, Iterator, Let, Version, edition_on
from ktt_policy.build.names import name_fault
from ktt_policy.diagnostics import Diagnostic, did_you_mean, has_errors
from ktt_policy.expr import syntax as s
from ktt_policy.expr import typed as t
from ktt_policy.expr.checking.checker import Checker, check, compile_text
from ktt_policy.expr.cost import degree, outermost
from ktt_policy.expr.parser import parse
from ktt_policy.expr.scope import Scope
from ktt_policy.expr.typesystem import ANY, SCALARS, Type, list_of
from ktt_policy.policies import RuleFolder, RuleVersion
from ktt_policy.source.spans import pointer
from ktt_policy.source.text import Excerpt

PRINTABLE = (*SCALARS, "list", "any")
DEEPEST, DEEP = 3, 2


class VersionBuilder:
    """Checks one version; `found` collects what is wrong."""

    def __init__(self, rule: RuleFolder, version: RuleVersion, scope: Scope, default_date: str) -> None:
        self.rule = rule
        self.source = version
        self.scope = scope
        self.default_date = default_date
        self.found: list[Diagnostic] = []
        self.data = version.data
        self.used: set[str] = set()

    def problem(self, code: str, at: str, message: str, help: str = "") -> None:
        self.found.append(self.source.file.problem(code, at, message, help))

    def expression(
        self, at: str, scope: Scope, expect: tuple[str, ...] = (), place: str = ""
    ) -> tuple[t.Checked | None, Type]:
        excerpt = self.source.expressions.get(at)
        if excerpt is None:
            return None, Type("error")
        checked, found, diagnostics = compile_text(excerpt, scope, expect, place or f"`{at.lstrip('/')}`")
        self._take(diagnostics, at)
        self._note(checked)
        return checked, found

    def _take(self, diagnostics: list[Diagnostic], at: str) -> None:
        """What was found in the expression at a pointer."""
        self.found.extend(replace(one, pointer=one.pointer or at) for one in diagnostics)

    def _note(self, checked: t.Checked | None) -> None:
        self.used |= _variables(checked)

    def build(self) -> Version | None:
        data = self.data
        clauses = data.get("clauses", ())
        if data.get("repealed"):
            refs = tuple(ClauseRef(str(c)) for c in clauses)
            published = self.source.published
            return Version(self.source.start, self.source.file.text.name, refs, repealed=True, published_on=published)
        iterators, scope, item = self._iterators()
        keys = list(data.get("group_by", {}))
        item_lets, group_lets = self._split_lets(keys)
        lets, scope = self._lets(item_lets, scope, group=False)
        date, when = self._date(scope), self._optional("when", scope, ("boolean",))
        group_by, key_types = [], {}
        bound = {self.rule.kind, *(i.variable for i in iterators)}
        for key in keys:
            self._name(f"/group_by{pointer(key)}", key, bound)
            checked, found = self.expression(f"/group_by{pointer(key)}", scope, SCALARS, f"the key `{key}`")
            key_types[key] = Type("error")
            if checked is not None:
                group_by.append((key, checked))
                key_types[key] = found.with_nulls(0)
        late = scope
        if keys:
            late = self._free_lets(lets, scope, iterators).having(**{**key_types, "group": list_of(item)})
            more, late = self._lets(group_lets, late, group=True)
            lets = [*lets, *more]
        else:
            for key in ("having", "group_date", "scope"):
                if key in data and data[key] != "document":
                    self.problem(
                        "E201", f"/{key}", f"`{key}` stands only with `group_by`", "group items, or leave it out"
                    )
        having = self._optional("having", late, ("boolean",))
        group_date = self._optional("group_date", late, ("date",))
        self._undated(iterators, group_date or date, when, group_by, lets)
        require = self._optional("require", late, ("boolean",))
        at = self._at(late, {self.rule.kind, *(i.variable for i in iterators)})
        message = {lang: self._message(lang, late) for lang in ("fi", "en")}
        refs = self._clauses(scope if not keys else late)
        self._unused(lets)
        said = [(let.group, (f"/let{pointer(let.name)}", let.expression)) for let in lets]
        keyed = [(f"/group_by{pointer(key)}", expression) for key, expression in group_by]
        items = [("/when", when), *keyed, *(one for late_one, one in said if not late_one)]
        rest = [("/having", having), ("/require", require), *(one for late_one, one in said if late_one)]
        # The groups divide the items: to walk each is no more than to walk all items once more.
        self._nesting([(len(iterators), items), (0 if keys else len(iterators), rest)])
        if has_errors(self.found) or require is None:
            return None
        return Version(
            self.source.start, self.source.file.text.name, refs, False, data["title"], data["severity"],
            tuple(iterators), None if group_date is not None else date, when, tuple(group_by), group_date,
            data.get("scope") == "run", tuple(lets), having, require, message, at, data["explanation"],
            self.source.published,
        )  # fmt: skip

    # --- items ------------------------------------------------------------------------------------------

    def _iterators(self) -> tuple[list[Iterator], Scope, Type]:
        """The iterators of `for_each`, the scope behind them, and the type of an item in a group."""
        scope = self.scope.having(**{self.rule.kind: self.scope.documents[self.rule.kind]})
        excerpt = self.source.expressions.get("/for_each")
        if excerpt is None:
            return [], scope, self.scope.documents[self.rule.kind]
        moved = [(0, excerpt.pieces[0][1]), *((o + len(FOR), f) for o, f in excerpt.pieces)]
        whole = Excerpt(FOR + excerpt.text + RETURN, excerpt.file, moved)
        tree, diagnostics = parse(whole)
        if not isinstance(tree, s.For):
            if not diagnostics:
                self.problem("E301", "/for_each", "not written as `x in list`")
            self._take(diagnostics, "/for_each")
            # What speaks of them says nothing more of what is wrong.
            names = re.findall(r"(?:^|,)\s*([^\W\d]\w*)", excerpt.text)
            return [], scope.having(**dict.fromkeys(names, Type("error"))), Type("error")
        made, types = [], {}
        for iterator in tree.iterators:
            before = len(self.found)
            guard = Checker(whole, scope)
            guard.reserved(iterator.name, iterator)
            if iterator.name in scope.names:
                guard.report("E409", f"`{iterator.name}` is already a name here", iterator, "choose another name")
            self._take(guard.diagnostics, "/for_each")
            checked, found, diagnostics = check(iterator.domain, whole, scope, ("list",), f"`{iterator.name}`")
            self._take(diagnostics, "/for_each")
            self._note(checked)
            item = found.item if found.item is not None else Type("error")
            if checked is not None and len(self.found) == before:
                base, path = t.path_of(_walked(checked.tree))
                made.append(Iterator(iterator.name, checked, base, path, bool(_parameters_in(checked))))
            types[iterator.name] = item
            scope = scope.having(**{iterator.name: item})
        item = next(iter(types.values())) if len(types) == 1 else Type("context", fields=types)
        return made, scope, item

    def _date(self, scope: Scope) -> t.Checked | None:
        if "group_date" in self.data:
            if "date" in self.data:
                self.problem("E201", "/date", "`date` and `group_date` exclude each other")
            return None
        if "date" in self.data:
            return self.expression("/date", scope, ("date",))[0]
        text = f"{self.rule.kind}.{self.default_date}"
        excerpt = Excerpt(text, self.source.file.text, [(0, 0)])
        return compile_text(excerpt, scope, ("date",))[0]

    def _optional(self, name: str, scope: Scope, expect: tuple[str, ...]) -> t.Checked | None:
        return self.expression("/" + name, scope, expect)[0] if name in self.data else None

    # --- lets -------------------------------------------------------------------------------------------

    def _split_lets(self, keys: list[str]) -> tuple[list[str], list[str]]:
        """Which lets speak of the group (or of a let that does), and which of the item alone."""
        early: list[str] = []
        late: list[str] = []
        for name in self.data.get("let", {}):
            excerpt = self.source.expressions.get(f"/let{pointer(name)}")
            bare = re.sub(r'"(\\.|[^"\\])*"', "", excerpt.text if excerpt is not None else "")
            words = set(re.findall(r"(?<![\w.])[^\W\d]\w*", bare))
            (late if keys and words & {"group", *keys, *late} else early).append(name)
        return early, late

    def _lets(self, names: list[str], scope: Scope, group: bool) -> tuple[list[Let], Scope]:
        made = []
        for name in names:
            place = f"/let{pointer(name)}"
            self._name(place, name, scope.names)
            checked, found = self.expression(place, scope)
            unique = f"{self.rule.code}@{self.source.start}.{name}"
            known = found if checked is not None else Type("error", 3)
            scope = replace(scope.having(**{name: known}), unique={**scope.unique, name: unique})
            if checked is not None:
                made.append(Let(name, unique, checked, group))
        return made, scope

    def _free_lets(self, lets: list[Let], scope: Scope, iterators: list[Iterator]) -> Scope:
        """The group phase's scope: the lets that speak of no item (of parameters, say) are known there as well."""
        bound = {self.rule.kind, *(i.variable for i in iterators)}
        names, unique = dict(self.scope.names), dict(self.scope.unique)
        for let in lets:
            if bound & _variables(let.expression):
                bound.add(let.unique)
            else:
                names[let.name], unique[let.name] = scope.names[let.name], let.unique
        return replace(self.scope, names=names, unique=unique)

    def _name(self, place: str, name: str, taken: Container[str]) -> None:
        """Refuse what is no name, means something already, or is taken here."""
        fault = name_fault(self.source.file, place, name)
        if fault is not None:
            self.found.append(fault)
        elif name in taken:
            self.problem("E409", place, f"`{name}` is already a name here", "choose another name")

    def _undated(
        self, iterators: list[Iterator], date: t.Checked | None, when: t.Checked | None,
        group_by: list[tuple[str, t.Checked]], lets: list[Let],
    ) -> None:  # fmt: skip
        """Refuse parameters where an item has no date yet that says which value counts."""
        help = "the value of a parameter is that of the item's date, which is not known yet"
        said = {let.unique: (f"/let{pointer(let.name)}", let.expression) for let in lets}
        key = "group_date" if "group_date" in self.data else "date"
        for place, expression in _behind([(f"/{key}", date)], said):
            for name in sorted(_parameters_in(expression)):
                self.problem("E201", place, f"`{key}` cannot go by the parameter `{name}`", help)
        if "group_date" in self.data:
            early = [("/for_each", i.domain) for i in iterators] + [("/when", when)]
            early += [(f"/group_by{pointer(key)}", expression) for key, expression in group_by]
            for place, expression in _behind(early, said):
                for name in sorted(_parameters_in(expression)):
                    self.problem("E201", place, f"with `group_date`, `{name}` cannot be read here", help)
        elif date is not None:
            spoken = {name for _, expression in _behind([("/date", date)], said) for name in _variables(expression)}
            for index, iterator in enumerate(iterators):
                late = sorted({i.variable for i in iterators[index:]} & spoken)
                if iterator.dated and late:
                    message = f"`for_each` walks a list that reads a parameter, so `date` cannot speak of `{late[0]}`"
                    self.problem("E201", "/date" if "date" in self.data else "/for_each", message, help)

    def _unused(self, lets: list[Let]) -> None:
        """Names that nothing speaks of; not told where an expression is wrong, which may have been the one."""
        for let in lets if not has_errors(self.found) else ():
            if let.unique not in self.used:
                place = f"/let{pointer(let.name)}"
                span = self.source.file.key_span(place)
                self.found.append(
                    Diagnostic("W401", f"`{let.name}` is never used", span, "warning",
                               "use it or take it out", place, self.source.file.text.line(span.line))
                )  # fmt: skip

    # --- findings ---------------------------------------------------------------------------------------

    def _clauses(self, scope: Scope) -> tuple[ClauseRef, ...]:
        made = []
        for i, entry in enumerate(self.data["clauses"]):
            if isinstance(entry, dict):
                when, _ = self.expression(f"/clauses/{i}/when", scope, ("boolean",))
                made.append(ClauseRef(str(entry["clause"]), when))
            else:
                made.append(ClauseRef(str(entry)))
        return tuple(made)

    def _at(self, scope: Scope, walked: set[str]) -> t.Checked | None:
        """What names the place: of groups by their items, else by a path from what is walked, or by items of a list.
        Values have no place."""
        if "at" not in self.data:
            return None
        checked, found = self.expression("/at", scope)
        if checked is None:
            return None
        part = found
        while part.item is not None:
            part = part.item
        if "group_by" in self.data:
            fits, wanted = part.kind == "context", "items of `group`"
        else:
            fits = all(t.path_of(p)[0] in walked or _are_items(p, walked, scope) for p in _paths(checked.tree))
            wanted = "a path, items of a list, a list of paths, or an `if` of these"
        if not fits:
            self.problem("E408", "/at", f"`at` names the place of a finding: {wanted}", "as in `line.amount`")
        return checked

    def _message(self, lang: str, scope: Scope) -> tuple[str | t.Checked, ...]:
        place = f"/message/{lang}"
        text = self.data["message"][lang]
        parts: list[str | t.Checked] = []
        from ktt_policy.source.yaml_ import excerpt as excerpt_of

        placed, _ = excerpt_of(self.source.file, place)
        node, written = self.source.file.nodes[place], self.source.file.text
        offset = node.start_mark.index
        if placed is None and written.text[offset + 1 : node.end_mark.index - 1] == text:
            placed = Excerpt(text, written, [(0, offset + 1)])  # in quotes, with no escapes between them
        for kind, piece, start in template(text):
            if kind == "text":
                parts.append(piece)
                continue
            if kind == "open":
                self.problem("E301", place, "a `{` in the message is not closed", "a brace itself is written `{{`")
                return ()
            # In a style in which places cannot be counted, all of it stands where the message begins.
            where = [(0, placed.offset(start))] if placed is not None else [(i, offset) for i in range(len(piece))]
            checked, _, diagnostics = compile_text(Excerpt(piece, written, where), scope, PRINTABLE, f"`{{{piece}}}`")
            self._take(diagnostics, place)
            self._note(checked)
            if checked is None:
                return ()
            parts.append(checked)
        return tuple(parts)

    def _nesting(self, parts: list[tuple[int, list[tuple[str, t.Checked | None]]]]) -> None:
        """How deep loops nest: those of expressions, within as many iterators."""
        found = [(outer + degree(e.tree), at, e) for outer, all_ in parts for at, e in all_ if e is not None]
        deepest, at, expression = max(found, key=lambda one: one[0], default=(0, "", None))
        if deepest <= DEEP or expression is None:
            return
        message, node = f"loops nest {deepest} deep over documents", outermost(expression.tree)
        help, excerpt = "look up with a filter, or group the items instead", self.source.expressions[at]
        span, line = excerpt.span(node.start, node.end), excerpt.line_of(node.start)
        if deepest > DEEPEST:
            message = f"{message}; {DEEPEST} is the limit"
            self.found.append(Diagnostic("E411", message, span, "error", help, at, line))
        else:
            self.found.append(Diagnostic("W403", message, span, "warning", help, at, line))

    def check_clauses(self, editions: list[Edition]) -> None:
        """Every clause that the version names must stand in the registry in force on its day.

        A repeal may name what the edition before it held.
        """
        start = self.source.start
        days = [start - timedelta(days=1), start] if self.data.get("repealed") else [start]
        current = edition_on(editions, start)
        begun = {edition.start for day in days if (edition := edition_on(editions, day)) is not None}
        known = [key for edition in editions if edition.start in begun for key in edition.clauses]
        for i, entry in enumerate(self.data.get("clauses", ())):
            clause = str(entry["clause"] if isinstance(entry, dict) else entry)
            if clause in known:
                continue
            held = [edition for edition in editions if clause in edition.clauses]
            if held:
                message = f"clause `{clause}` is not in force on {start}, the version's day"
                help = f"it stands in the edition of {', '.join(sorted({str(edition.start) for edition in held}))}"
                new = current.new_id(held[-1].clauses[clause], held[-1]) if current is not None else None
                if new is not None:
                    help = f"write `{new}`: what {clause} says in the edition of {held[-1].start}"
                self.problem("E209", f"/clauses/{i}", message, help)
            else:
                help = did_you_mean(clause, sorted(known), "the registry of the edition lists the clauses")
                self.problem("E203", f"/clauses/{i}", f"unknown clause `{clause}`", help)


Placed = tuple[str, "t.Checked | None"]


def _behind(placed: list[Placed], said: dict[str, tuple[str, t.Checked]]) -> list[Placed]:
    """Expressions with their places, and the lets that they speak of."""
    found, lets = list(placed), dict(said)
    for _, expression in found:  # grows as lets are found
        found += [lets.pop(name) for name in _variables(expression) & lets.keys()]
    return found


def _variables(expression: t.Checked | None) -> set[str]:
    return {n.name for n in t.walk(expression.tree) if isinstance(n, t.Var)} if expression is not None else set()


def _parameters_in(expression: t.Checked | None) -> set[str]:
    """The parameters that an expression reads."""
    return {f"parameters.{name}" for name in expression.parameters} if expression is not None else set()


def _walked(tree: t.Node) -> t.Node:
    """The list whose items a domain has; a condition before it may leave all of them out."""
    while isinstance(tree, t.If) and isinstance(tree.otherwise, t.ListOf) and not tree.otherwise.members:
        tree = tree.then
    return tree


def _paths(at: t.Tree) -> list[t.Tree]:
    """What an `at` may name."""
    if isinstance(at, t.If):
        return [*_paths(at.then), *_paths(at.otherwise)]
    return list(at.members) if isinstance(at, t.ListOf) else [at]


def _are_items(at: t.Tree, walked: set[str], scope: Scope) -> bool:
    """True for a choice of items of a list, or for a field of theirs: `voucher.notices[...]`, or a `let` of that."""
    while isinstance(at, (t.Project, t.Filter)):
        at = at.of
    root, fields = t.path_of(at)
    if fields:
        return root in walked
    found = next((found for name, found in scope.names.items() if scope.unique.get(name, name) == root), ANY)
    return found.item is not None and found.item.kind == "context" and found.item.record
