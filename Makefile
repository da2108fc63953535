# Each word is a word of run.py; `make` alone shows them all.
WORDS = install test check faults soak audit journeys bench bench-mails bench-routing mails lock clean

.DEFAULT_GOAL = help
.PHONY: help run servers $(WORDS)

help:
	@python3 run.py help

run servers:
	@python3 run.py --with-parent $@

$(WORDS):
	@python3 run.py $@ $(ARGS)
