"""The page, and the only room that knows Streamlit.

page       the page as a table of contents
session    this browser's run, its lease, what it is looking at
controls   return or carry out what a person chooses: text, network, learning
player     train, pause, step, stop at, start over
panels     receive the session, draw: headline, strip, curve, sample
charts     return a chart's specification, built once, and its data
drawing    a picture as it was made last, once for all who see the same
channel    one session's pictures and parts of the page
live       what moves, sent to the browser without redrawing the page
routes     what the server answers beside Streamlit
redrawn    parts that Streamlit draws anew by themselves
knows …    the questions below the first screen
streamlit_fixes  every touch of what Streamlit does not promise
words      numbers and characters as people read them
"""
