# make demo | test | lint | bench | real-code | mutants | operations: each makes .venv when it is not there, and reuses it.
# PYTHON names the interpreter to make it with, VENV the folder.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready

.PHONY: thorough demo test test-mypy lint agree mutants detected alarms bench bench-check real-code operations clean
.DEFAULT_GOAL := test

demo: $(READY)
	$(BIN)/python examples/demo.py

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports

test: $(READY)
	$(BIN)/python -m pytest -n auto --dist loadfile

# What takes too long for every run of the suite
thorough: $(READY)
	$(BIN)/python -m pytest -n auto -m thorough

# Random programs, static verdict against execution: make agree N=10000 SEED=1
N ?= 1000
SEED ?= 0
agree: $(READY)
	$(BIN)/python -m tests.static.agree --n $(N) --seed $(SEED) --jobs 2

# The smallest relative error that is found of each operation: make detected DEPTH=deep
detected: $(READY)
	$(BIN)/python -m tl_checker.gradients.sensitivity --depth $(or $(DEPTH),quick)

# Right rules, which must not be accused: make alarms COMPARISONS=1000000
COMPARISONS ?= 1000000
alarms: $(READY)
	$(BIN)/python -m tl_checker.gradients.alarms --comparisons $(COMPARISONS) --depth $(or $(DEPTH),quick)

# Wrong rules, and which are found out: make mutants SEED=1 FRACTION=0.1 JOBS=2
FRACTION ?= 0.25
JOBS ?= 2
mutants: $(READY)
	$(BIN)/python -m tests.mutants --seed $(SEED) --fraction $(FRACTION) --jobs $(JOBS) --progress

# The static checker with another mypy, beside the one that is installed: make test-mypy MYPY=2.0.0
MYPY ?= 2.0.0
test-mypy: $(READY) $(VENV)-mypy-$(MYPY)/mypy
	PYTHONPATH=$(abspath $(VENV))-mypy-$(MYPY) $(BIN)/python -m pytest -n auto --dist loadfile tests/static --deselect tests/static/test_agree.py

$(VENV)-mypy-%/mypy: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --target $(@D) mypy==$*

bench: $(READY)
	$(BIN)/python bench/run.py

real-code: $(READY)
	$(BIN)/python bench/real_code.py

# docs/operations.md: every operation, certified
operations: $(READY)
	$(BIN)/python -m tl_checker.report.operations docs/operations.md $(or $(DEPTH),standard)

bench-check: $(READY)
	$(BIN)/python bench/check.py

clean:
	rm -rf .venv .venv-* .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(READY): pyproject.toml
	@python=$$(.ci/find-python $(PYTHON)) && echo "$(VENV): $$python" && \
	{ [ -x $(BIN)/python ] && $(BIN)/python -c "" || "$$python" -m venv --clear $(VENV); }
	@echo "$(VENV): installing; this is done once"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[all]"
	@touch $@
