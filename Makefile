# Each word is a word of run.py; `make` alone shows them all.
<<<<<<< HEAD
WORDS = install test check faults soak audit journeys bench bench-routing lock clean
=======
WORDS = install test check faults soak audit journeys bench post lock clean
>>>>>>> 533d029 (bench: Mails a second, an announcement to 100,000, the sweep of a full table; faults: Fallen parts are begun again)

.DEFAULT_GOAL = help
.PHONY: help run servers $(WORDS)

help:
	@python3 run.py help

run servers:
	@python3 run.py --with-parent $@

$(WORDS):
	@python3 run.py $@ $(ARGS)
