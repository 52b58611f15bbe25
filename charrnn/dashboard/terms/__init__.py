"""The words that are not everyday, data/glossary.md, and the figures of this very run that stand in sentences.

document.py     a Markdown file with heads in TOML: how words and lessons are written
vocabulary.py   what can be known, by name; facts.py who knows it
sentences.py    conditions, and sentences with figures in them; pure functions of what is known
glossary.py     what each term means, and the sentence of how things stand with it
looked_up.py    a term looked up where it stands
"""
