"""What an installation chooses and what it runs on: settings, embedded servers, and the initiative's data."""
