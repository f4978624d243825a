# Everything here needs Python 3.11 or newer and nothing else; see launch.py.
PYTHON ?= python3

.PHONY: help run dev test lint messages lock licences journey production
.DEFAULT_GOAL := help

help:
	@echo "make run       the portal with its demo, on http://localhost:8000/ (PORT=9000 make run)"
	@echo "make dev       the same with reloading and debugging pages"
	@echo "make test      every test, on SQLite and on PostgreSQL (ARGS=\"-k deadline\")"
	@echo "make lint      ruff"
	@echo "make messages  bring the translations up to date (ARGS=--check lists what is missing)"
	@echo "make lock      pin the dependencies anew"
	@echo "make licences  list the licences of the dependencies anew"
	@echo "make journey   a journey against a running portal (ARGS=https://portal.example)"
	@echo "make production  docs/operations.md step by step in a clean Debian; backup and restore"

run dev test lint messages lock licences journey production:
	@exec $(PYTHON) launch.py $@ $(ARGS)
