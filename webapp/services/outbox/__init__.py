"""The outbox: every obligation is a row, claimed, done and settled (`reliability.md` §1). One verb a file."""
