"""The page, and the only room that knows Streamlit, Altair and pandas. A floor knows only those below it in this list.

page             the page as a table of contents, in the order of the screen
controls         what a person chooses and drives with: text, settings, player, my runs, sharing
views            what is shown of a run: first screen, loss curve, what it writes, film, comparison
inside           the views that look inside a network, each a file; knows, remembers, learns list them
lessons          lessons beside the page
replay           a run as a file to hand on: a page that needs no server, Markdown, CSV
session          what one browser has: its run, what it looks at, what was measured, the parts of its page
terms            the words that are not everyday, and sentences with figures in them
pictures         what is shown of a run, put together from its record
components       what no library draws: strip, cells, coloured text, and what moves by itself
charts           Altair: pure functions from frames to charts, one look for all
tables           pandas frames on the page
channel          what moves, pushed to the browser (drawing: a picture as it was made last; wire: how it is sent)
words            numbers and characters as people read them

server           what the server answers beside Streamlit: the channel, the components' scripts
streamlit_fixes  every touch of what Streamlit does not promise
"""
