"""Lessons, and the words they use: the reader of data/lessons and data/glossary.md, and the sidebar beside the page.

vocabulary.py   what a lesson may ask about, point at and set: closed lists of names
sentences.py    conditions, and sentences with figures in them; pure functions of what is known
lesson.py       a file as a lesson, or one sentence on what is wrong and where; glossary.py the same for words
facts.py        what the page knows of its runs, by the names of the vocabulary
place.py        where somebody is in which lesson, and how the browser keeps that
sidebar.py      the list, the lesson, its step; welcome.py the line of a first visit
"""
