"""Lessons: the reader of data/lessons, and the sidebar beside the page. What they ask about is in dashboard/terms.

keys.py         what may stand in a lesson's heads; points.py what it can point at
lesson.py       a file as a lesson, or one sentence on what is wrong and where
staging.py      what a step sets on the page
place.py        where somebody is in which lesson, and how the browser keeps that
sidebar.py      the list, the lesson, its step; welcome.py the line of a first visit
"""
