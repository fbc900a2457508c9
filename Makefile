# The two commands of the README are `make run` and `make test`; the rest serves those who work on the code.
PYTHON ?= python3
PORT ?= 8000
export PORT
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run install frontend messages test lint format bench demo-reset clean

run: install
	@$(BIN)/yuanba up

install: $(VENV)/.installed frontend messages

$(VENV)/.installed: pyproject.toml uv.lock scripts/install.py
	@$(PYTHON) scripts/install.py
	@touch $@

frontend: $(VENV)/.installed
	@$(BIN)/python scripts/build_frontend.py

messages: $(VENV)/.installed
	@$(BIN)/python scripts/compile_messages.py
	@$(BIN)/python scripts/compile_help.py

test: install
	@$(BIN)/python scripts/run_tests.py

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src
	$(BIN)/djlint src --check --quiet
	$(BIN)/yuanba makemigrations-check

format:
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint src --reformat --quiet

bench: install
	$(BIN)/python bench/run.py

demo-reset: install
	@$(BIN)/yuanba demo --reset

clean:
	rm -rf $(VENV) src/yuanba/web/static/dist src/yuanba/web/frontend/node_modules
