# Everything that must hold, as CI runs it.
[group: 'check']
ci:
    .ci/run

[group: 'test']
test *ARGS:
    pytest {{ARGS}}

# The site in a real browser: needs npm and Chromium.
[group: 'test']
test-browser:
    pytest -m browser tests/browser

[group: 'check']
lint:
    ruff check . && ruff format --check ktt_policy tests && mypy && lint-imports && ktt-policy lint

[group: 'check']
bench:
    python -m bench.run

# The documentation of the shipped rulebook, in build/docs/site.
[group: 'docs']
docs:
    ktt-policy docs build --out build/docs
    mkdocs build --strict --quiet -f build/docs/mkdocs.fi.yml
    mkdocs build --strict --quiet -f build/docs/mkdocs.en.yml
    ktt-policy docs browser build/docs/site/check
