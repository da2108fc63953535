"""What is done to endorsements: opened, asked, answered, mended, timed; each step by the machine of the domain."""
