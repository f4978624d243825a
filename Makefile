PYTHON ?= python3

.PHONY: test

test:
	@$(PYTHON) launch.py test $(ARGS)
