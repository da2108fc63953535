"""The matcher: which articles a text speaks to, by an encoder, the lexicon and a regression for each article."""
