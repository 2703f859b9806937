"""One step of a case: its facts, its clocks, its taking in memory, its rows. `actions` is the door to it."""
