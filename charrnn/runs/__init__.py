"""A run's life: a trainer in a process of its own, and who holds it. Each module knows only what stands above it here.

history, curve, record   what happened: rows by step, the loss as it is drawn, all that is known at one moment
store, database, room    what lasts: one SQLite file, reading it, what goes where there is no room
opening, known           where a run stands when it is opened, forked or taken back; what is known of it
worker, recorder         the process in which it trains, and what that saves
local, line, changes     the way to that process, its orders, what is set meanwhile
keeper                   what the server itself saves and finds again
run                      commands and life
engine                   owner of all runs, the queue for a place; beside it leases, deletions, housekeeping, in_memory
"""
