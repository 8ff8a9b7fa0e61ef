.DEFAULT_GOAL := help
PYTHON ?= python3
# A plain or looser name brings gigabytes of CUDA where the index offers it.
TORCH ?= torch==2.13.0
BIN := .venv/bin

help: ## Say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-18s %s\n", $$1, $$2}'

setup: .venv/.ready ## Make .venv with everything in it (nothing is done twice)

.venv/.ready: requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check $(TORCH) uv
	$(BIN)/uv pip install -q --python $(BIN)/python --compile-bytecode -r requirements.txt
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	touch $@

serve: setup ## Index the built-in report and serve the chat on http://127.0.0.1:7860
	$(BIN)/report-qa serve

browser: ## Install Debian's Chromium and CJK fonts where they are missing (for the tests)
	@test -x /usr/bin/chromium || { apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-noto-cjk; } \
	  || echo "Chromium is missing. Install it with: sudo apt-get install chromium fonts-noto-cjk" >&2

test: setup browser ## Run all tests
	$(BIN)/python -m pytest

screenshots: setup browser ## Take the screenshots of the page that README.md shows
	$(BIN)/python -m tests.screenshots docs

test-llm: setup ## Ask both local language models more (fetches 1.6 GB once)
	$(BIN)/python -m pytest -m llm

test-ray: setup ## Run the tests on a local Ray cluster (fetches 70 MB once)
	$(BIN)/uv pip install -q --python $(BIN)/python -e '.[ray]'
	$(BIN)/python -m pytest -m ray

test-faults: setup ## Kill indexers at random moments, many times (REPORT_QA_KILLS=200)
	$(BIN)/python -m pytest -m long tests/test_faults.py

lint: setup ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## Format the code
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: setup ## Measure speed, as ratios within one run
	$(BIN)/python -m eval.speed_bench

bench-retrieval: setup ## Compare retrievers on the development pairs
	$(BIN)/python -m eval.retrieval_bench

bench-load: setup ## Let fifty visitors ask a server at once, for two minutes
	$(BIN)/python -m eval.load_bench $(LOAD)

bench-scale: setup ## Measure growth from 10 000 to 1 000 000 sentences (an hour; SCALE="--sizes 10000 100000" for less)
	$(BIN)/python -m eval.scale_bench $(SCALE)

calibrate: setup ## Try thresholds of abstention on the development split
	$(BIN)/python -m eval.calibration

gate: setup ## Ask a fixed part of the development cases; fail on a significant loss
	$(BIN)/report-qa eval gate

gate-baseline: setup ## Make today's answers the gate's baseline; print gains and losses
	$(BIN)/report-qa eval gate --update

background: setup ## Embed the questions of all sorts anew, after background.toml was changed
	$(BIN)/python -c 'from qa.background import embed_anew; embed_anew()'

lock: setup ## Pin the newest versions that pyproject.toml admits (keeps torch and its CUDA parts out)
	$(BIN)/uv pip compile pyproject.toml --extra dev --no-emit-package torch --no-header --no-annotate -q \
	  | grep -vE '^(nvidia-|cuda-|triton==|--)' > requirements.txt

clean: ## Remove caches and the virtual environment
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info

.PHONY: help setup serve browser screenshots test test-llm test-faults test-ray lint format bench bench-retrieval bench-load bench-scale calibrate gate gate-baseline background lock clean
