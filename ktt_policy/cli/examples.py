"""Examples of each command, shown at the end of its `--help`. A test runs every one of them."""

from __future__ import annotations

import click

EXAMPLES: dict[str, tuple[str, ...]] = {
    "": (
        "ktt-policy check invoices --context vouchers --context provider.json --parameters ceilings.yaml",
        "ktt-policy explain I502",
    ),
    "check": (
        "ktt-policy check invoice.json --context vouchers/ --context provider.json --lang en",
        "ktt-policy check invoices/ --output sarif=out.sarif --output html=out.html",
        "ktt-policy check - --format json < invoice.json",
        "ktt-policy check invoices/ --select I601,6.m1 --allow-undecided",
    ),
    "completion": (
        'eval "$(ktt-policy completion bash)"',
        "ktt-policy completion zsh > _ktt-policy",
        "ktt-policy completion fish > ktt-policy.fish",
    ),
    "coverage": (
        "ktt-policy coverage --lang en",
        "ktt-policy coverage --rulebook rulebook/ --format markdown",
    ),
    "diff": (
        "ktt-policy diff 2026-12-31 2027-01-01 --rulebook rulebook/",
        "ktt-policy diff 2026-12-31 2027-01-01 --rulebook rulebook/ --documents invoices/",
    ),
    "docs": (
        "ktt-policy docs build --out docs-of-mine",
        "ktt-policy docs build --check --rulebook rulebook/",
    ),
    "docs build": ("ktt-policy docs build --check --rulebook rulebook/",),
    "docs browser": ("ktt-policy docs browser site/check",),
    "eval": (
        "ktt-policy eval '1.5 * 61.50'",
        'ktt-policy eval --type \'date("2026-12-24") + duration("P4M")\'',
        "ktt-policy eval --context invoice.json 'total'",
    ),
    "explain": (
        "ktt-policy explain I502 --lang en",
        "ktt-policy explain 5.m3",
        "ktt-policy explain I601 --document invoice.json --context vouchers/",
    ),
    "lint": (
        "ktt-policy lint rulebook/ --strict",
        "ktt-policy lint rulebook/ --since HEAD",
    ),
    "new": (
        "ktt-policy new rule I612-no-lines-on-sundays 2027-01-01 --rulebook rulebook/",
        "ktt-policy new version I502 2028-01-01 --rulebook rulebook/",
    ),
    "new rule": ("ktt-policy new rule I612-no-lines-on-sundays 2027-01-01 --rulebook rulebook/ --clause 5.m1",),
    "new version": (
        "ktt-policy new version I502 2028-01-01 --rulebook rulebook/",
        "ktt-policy new version I601 2028-01-01 --rulebook rulebook/ --repeal",
    ),
    "schema": (
        "ktt-policy schema",
        "ktt-policy schema invoice > invoice.schema.json",
        "ktt-policy schema policy/rule",
    ),
    "test": (
        "ktt-policy test --rulebook rulebook/",
        "ktt-policy test I502 I601 --rulebook rulebook/ --strict --mutate",
    ),
    "timeline": (
        "ktt-policy timeline --lang en",
        "ktt-policy timeline --rulebook rulebook/ --on 2027-03-15 --format json",
    ),
}


def add_examples(command: click.Command, name: str) -> None:
    """Let the help of a command, and of those in it, end with its examples."""
    if name in EXAMPLES:
        # \b keeps click from filling the lines as if they were prose
        command.epilog = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in EXAMPLES[name])
    if isinstance(command, click.Group):
        for part, one in command.commands.items():
            add_examples(one, f"{name} {part}".strip())
