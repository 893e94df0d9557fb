"""Files for the desk: made at once or in a process of their own, kept until they expire, listed
with who asked for them and who fetched them."""
