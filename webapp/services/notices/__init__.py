"""Notices: telling people of events, the bell, the demonstration's mailbox. One verb a file."""
