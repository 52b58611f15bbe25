"""A run to hand on: as one page that needs no server, as Markdown, its history as CSV.

document.py  the page: moments of a run and its losses as data, and the script that shows them
script.py    that script, joined from the page's own (components/assets) and assets/, which is the replay's alone
moments.py   what the networks of all stored steps read, hold and write
again.py     what a run was made with, and how another one becomes the same
report.py    the Markdown and the CSV
"""
