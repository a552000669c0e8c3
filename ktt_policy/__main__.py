"""`python -m ktt_policy`."""

from ktt_policy.cli import main

main(prog_name="ktt-policy")
