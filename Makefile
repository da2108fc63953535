# Each word is a word of run.py; `make` alone shows them all.
WORDS = install test check bench faults soak audit journeys lock clean

.DEFAULT_GOAL = help
.PHONY: help run $(WORDS)

help:
	@python3 run.py help

run:
	@python3 run.py --with-parent run

$(WORDS):
	@python3 run.py $@ $(ARGS)
