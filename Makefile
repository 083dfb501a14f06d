# From a bare machine: Python 3.11 to 3.14 and make are all that is needed.
.PHONY: install tools up test check bench soak

install: ; @sh tools/with-python tools/install.py
tools: ; @sh tools/with-python tools/install.py --with-tools
up: install ; @exec .venv/bin/cdt up
test: ; @sh tools/with-python tools/install.py --python-alone && .venv/bin/python tools/test.py
check: tools ; @.venv/bin/python tools/check.py
bench: tools ; @.venv/bin/python -m bench
soak: tools ; @.venv/bin/python tools/test.py -m soak
