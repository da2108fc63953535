"""A long life by chance: the real verbs by many people over a moving clock, the product's rules looked at after each.

`machine` draws what happens, `acts` are what people can do and to whom it is allowed, `rules` are what must hold.
"""
