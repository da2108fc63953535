"""What is done to partners: their paths, their days, and vacancies where nobody can sign."""
