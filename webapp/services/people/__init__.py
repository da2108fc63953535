"""People: signing up and in, passwords, invitations and seats, organisations. One verb a file."""
