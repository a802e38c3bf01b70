# The main job in one command each; the README has the same commands without make.

PYTHON ?= python3

# A window needs opencv-python and the system's libGL; without a screen, headless.
OPENCV ?= $(if $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Darwin,$(shell uname -s))),desktop,headless)

# Where this is set, as in many images of Docker, each of hundreds of processes would
# compile the same anew.
unexport PYTHONDONTWRITEBYTECODE

# Tests run beside each other; each process may need 2 GB. One more than two cores have:
# some tests wait for cameras, servers and time-outs.
WORKERS ?= 3
# In the order of tests/conftest.py, not that of how many tests a group has.
PYTEST = .venv-dev/bin/python -m pytest -n $(WORKERS) --dist loadgroup \
  --no-loadscope-reorder

.PHONY: help run test test-unit test-slow test-all lint release figures reference requirements clean
.PHONY: check-wheel check-lowest check-window check-old-runtime

help:
	@echo "make run         install into .venv and read digits: webcam, else the demo scene"
	@echo "make test        install into .venv-dev and run the tests, but not the slow ones"
	@echo "make test-unit   the fast ones alone, without TensorFlow: a minute"
	@echo "make test-slow   the slow ones: a browser, brokers, whole trainings"
	@echo "make test-all    both of these, beside each other"
	@echo "make lint        style and types"
	@echo "make reference ARGS=reading   measure anew what the documents show of reading"
	@echo "make figures     render the documents' tables from what was measured last"
	@echo "make release     what is published, built and checked, in dist"

run: .venv/.installed-$(OPENCV)
	.venv/bin/edge-digits run $(ARGS)

test: .venv-dev/.installed
	$(PYTEST) $(ARGS)

# These hardly wait: a third process would only import the same once more.
test-unit: WORKERS = 2
test-unit: .venv-dev/.installed
	$(PYTEST) tests/unit $(ARGS)

test-slow: .venv-dev/.installed
	$(PYTEST) -m slow $(ARGS)

# Many of the slow ones wait, while others compute.
test-all: WORKERS = 4
test-all: .venv-dev/.installed
	$(PYTEST) -m 'not soak' $(ARGS)

lint: .venv-dev/.installed
	.venv-dev/bin/ruff format --check .
	.venv-dev/bin/ruff check .
	.venv-dev/bin/mypy

# For .ci/run, which makes them beside each other.
check-wheel: .venv-dev/.installed
	rm -rf dist build
	.venv-dev/bin/python -m build --outdir dist . >/dev/null
	PYTHON=.venv-dev/bin/python .ci/wheel dist

check-lowest: .venv-dev/.installed
	.ci/lowest

check-window check-old-runtime: check-%:
	.ci/$*

reference: .venv-dev/.installed
	.venv-dev/bin/python -m benchmarks reference $(ARGS)

figures: .venv-dev/.installed
	.venv-dev/bin/python -m benchmarks.tables $(ARGS)

release: .venv-release/.installed
	.ci/release

COMPILE = .venv-dev/bin/uv pip compile --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-emit-find-links --quiet \
  --custom-compile-command "make requirements" --output-file
extras = $(addprefix --extra ,$(1))

# The pinned versions, for every platform in pyproject.toml's [tool.uv].
requirements: .venv-dev/.installed
	$(COMPILE) requirements/desktop.txt pyproject.toml $(call extras,desktop web mqtt)
	$(COMPILE) requirements/headless.txt pyproject.toml $(call extras,headless web mqtt)
	$(COMPILE) requirements/archive.txt pyproject.toml $(call extras,archive headless)
	$(COMPILE) requirements/dev.txt pyproject.toml --group dev \
	  $(call extras,archive headless mqtt onnx web)
	$(COMPILE) requirements/release.txt --group release
	$(COMPILE) requirements/uv.txt --group uv

clean:
	rm -rf .venv .venv-dev .venv-release build dist *.egg-info

# One environment holds one of the two OpenCV packages: they overwrite each other. What
# else is in an environment stays.
.venv/.installed-$(OPENCV): requirements/$(OPENCV).txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Installing into .venv (about a minute) ..."
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	rm -f .venv/.installed-*
	.venv/bin/python -m pip uninstall --quiet --yes opencv-python opencv-python-headless
	.venv/bin/python -m pip install --quiet --require-hashes -r requirements/$(OPENCV).txt
	.venv/bin/python -m pip install --quiet --no-deps --editable .
	touch $@

# Most modules are never imported; the others are compiled when they are. uv leaves in it
# only what is listed.
.venv-dev/.installed: requirements/uv.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "Python 3.11, 3.12 or 3.13 is needed (TensorFlow has no others); try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Installing into .venv-dev, with TensorFlow (some minutes) ..."
	test -x .venv-dev/bin/python || $(PYTHON) -m venv .venv-dev
	.venv-dev/bin/python -m pip install --quiet --require-hashes -r requirements/uv.txt
	.venv-dev/bin/uv pip sync --quiet --python .venv-dev --require-hashes requirements/dev.txt
	.venv-dev/bin/python -m pip install --quiet --no-deps --editable .
	touch $@

.venv-release/.installed: requirements/release.txt
	test -x .venv-release/bin/python || $(PYTHON) -m venv .venv-release
	.venv-release/bin/python -m pip install --quiet --require-hashes -r requirements/release.txt
	touch $@
