# make run            set up .venv and start the wizard (ARGS="--practice" and the like are passed on)
# make test           set up everything the tests need, lint, run the suite
# make test-products  the slow proofs: against real products, and what make test does in part
# make lint           ruff, and the spelling of words
# make bench          measure speed and weight into benchmarks/RESULTS.md (20 minutes, on Linux)
# make findings       write the list of all findings anew, after a change to one or to its words
# make static         compress the static files anew, after a change to one
#
# Works with GNU make 3.81, the one macOS ships. Windows has start.cmd.

SHELL = /bin/sh
VENV = .venv
BIN = $(VENV)/bin
PYTHON =
ARGS =
# Tests wait as well as work, so there is one more than there are processors.
WORKERS = `$(BIN)/python -c 'import os; print(1 + (os.cpu_count() or 1))'`
PROVIDERS = tests/providers
AZURE_CLI = .venv-azure-cli
JUPYTERHUB = .venv-jupyterhub
PGADMIN = .venv-pgadmin

.PHONY: run findings static bench test test-products lint venv requirements requirements-dev node-modules chromium \
  relying-party azure-cli jupyterhub pgadmin

run: requirements
	@exec $(BIN)/python app.py $(ARGS)

# Bytecode is written even where it is not as a rule: tests start the wizard two hundred times.
test: requirements-dev node-modules chromium lint
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -m "not products" -n $(WORKERS) --dist worksteal $(ARGS)

test-products: requirements-dev node-modules chromium relying-party azure-cli jupyterhub pgadmin
	LATCHKEY_FUZZ=$${LATCHKEY_FUZZ:-1} LATCHKEY_KILLS=$${LATCHKEY_KILLS:-40} \
	  $(BIN)/python -m pytest -m "products or more" $(ARGS)

# The compressed form of each static file, to be made again when one has changed.
static: requirements
	$(BIN)/python -m wizard.static_files

bench: requirements-dev chromium
	$(BIN)/python -m benchmarks.run $(ARGS)

findings: requirements-dev
	$(BIN)/python -m tests.support.findings

lint: requirements-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell app.py wizard templates static/js *.md

# An environment whose Python has been upgraded away is made again.
venv:
	@if $(BIN)/python -m pip --version >/dev/null 2>&1; then exit 0; fi; \
	found=; seen=; \
	for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  command -v $$python >/dev/null 2>&1 || continue; \
	  version=`$$python -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null` || continue; \
	  seen="$$seen, $$python is $$version"; \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then found=$$python; break; fi; \
	done; \
	if test -z "$$found"; then \
	  if test -z "$$seen"; then seen=", none was found"; fi; \
	  echo "Latchkey needs Python 3.11 or newer$$seen." >&2; \
	  echo "Install one, or name it: make run PYTHON=/path/to/python3.11" >&2; \
	  exit 1; \
	fi; \
	echo "Setting up $(VENV) with Python $$version." >&2; \
	$$found -m venv --clear $(VENV) || { \
	  rm -rf $(VENV); \
	  echo "Python $$version could not make a virtual environment." >&2; \
	  echo "On Debian and Ubuntu: sudo apt install python3-venv" >&2; \
	  exit 1; \
	}

# What was installed last is kept beside it; only a difference installs again.
requirements: venv
	@if cmp -s requirements.txt $(VENV)/requirements.txt; then exit 0; fi; \
	echo "Installing what Latchkey needs (about a minute, once)." >&2; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt \
	  && cp requirements.txt $(VENV)/requirements.txt

requirements-dev: requirements
	@if cmp -s requirements-dev.txt $(VENV)/requirements-dev.txt \
	  && cmp -s requirements.txt $(VENV)/requirements-dev-base.txt; then exit 0; fi; \
	echo "Installing what the tests need." >&2; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt \
	  && cp requirements-dev.txt $(VENV)/requirements-dev.txt \
	  && cp requirements.txt $(VENV)/requirements-dev-base.txt

# The identity provider that we did not write. Without Node.js the tests that need it say so.
node-modules:
	@if cmp -s $(PROVIDERS)/package-lock.json $(PROVIDERS)/node_modules/.installed-lock.json; then exit 0; fi; \
	if ! command -v npm >/dev/null 2>&1; then \
	  echo "npm is not here: the tests against a real identity provider will be skipped." >&2; exit 0; \
	fi; \
	echo "Installing the identity provider that the tests sign in at." >&2; \
	cd $(PROVIDERS) && npm ci --loglevel=error && cp package-lock.json node_modules/.installed-lock.json

# Debian's own Chromium, where that can be had without asking anybody. Elsewhere any Chrome will do.
chromium: requirements-dev
	@if $(BIN)/python -m tests.support.tools chromium; then exit 0; fi; \
	if ! command -v apt-get >/dev/null 2>&1 || test "`id -u`" -ne 0; then \
	  echo "No Chromium or Chrome here: the browser tests will be skipped." >&2; exit 0; \
	fi; \
	echo "Installing Chromium for the browser tests." >&2; \
	apt-get update -q >/dev/null && \
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium >/dev/null || \
	echo "Chromium could not be installed: the browser tests will be skipped." >&2

# Debian's mod_auth_openidc, which signs a user in with nothing but the values handed over.
relying-party: requirements-dev
	@if $(BIN)/python -m tests.support.tools mod_auth_openidc; then exit 0; fi; \
	if ! command -v apt-get >/dev/null 2>&1 || test "`id -u`" -ne 0; then \
	  echo "No mod_auth_openidc here: the proofs with it will be skipped." >&2; exit 0; \
	fi; \
	echo "Installing mod_auth_openidc, a product to hand values over to." >&2; \
	apt-get update -q >/dev/null && \
	DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
	  libapache2-mod-auth-openidc >/dev/null || \
	echo "mod_auth_openidc could not be installed: the proofs with it will be skipped." >&2

# Azure's own command line, to ask its parser about our script. It is large, and so kept apart.
azure-cli: venv
	@if cmp -s tests/products/azure-cli.txt $(AZURE_CLI)/.installed; then exit 0; fi; \
	echo "Installing Azure CLI for the proofs (a minute or two, once)." >&2; \
	$(BIN)/python -m venv --clear $(AZURE_CLI) && \
	$(AZURE_CLI)/bin/python -m pip install --quiet --disable-pip-version-check \
	  -r tests/products/azure-cli.txt && \
	cp tests/products/azure-cli.txt $(AZURE_CLI)/.installed || \
	echo "Azure CLI could not be installed: the proofs with it will be skipped." >&2

# Real products, each apart from everything else, to be signed in to with what is handed over.
jupyterhub: venv
	@if ! cmp -s tests/products/jupyterhub.txt $(JUPYTERHUB)/.installed; then \
	  echo "Installing JupyterHub for the proofs (a minute, once)." >&2; \
	  $(BIN)/python -m venv --clear $(JUPYTERHUB) && \
	  $(JUPYTERHUB)/bin/python -m pip install --quiet --disable-pip-version-check \
	    -r tests/products/jupyterhub.txt && \
	  cp tests/products/jupyterhub.txt $(JUPYTERHUB)/.installed || \
	  echo "JupyterHub could not be installed: the proof with it will be skipped." >&2; \
	fi
	@if cmp -s tests/products/package-lock.json tests/products/node_modules/.installed-lock.json; then exit 0; fi; \
	if ! command -v npm >/dev/null 2>&1; then \
	  echo "npm is not here: the proof with JupyterHub will be skipped." >&2; exit 0; \
	fi; \
	cd tests/products && npm ci --loglevel=error && cp package-lock.json node_modules/.installed-lock.json

pgadmin: venv
	@if cmp -s tests/products/pgadmin.txt $(PGADMIN)/.installed; then exit 0; fi; \
	echo "Installing pgAdmin 4 for the proofs (a minute or two, once)." >&2; \
	$(BIN)/python -m venv --clear $(PGADMIN) && \
	$(PGADMIN)/bin/python -m pip install --quiet --disable-pip-version-check \
	  -r tests/products/pgadmin.txt && \
	cp tests/products/pgadmin.txt $(PGADMIN)/.installed || \
	echo "pgAdmin 4 could not be installed: the proof with it will be skipped." >&2
