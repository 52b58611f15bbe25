"""The words that are not everyday, data/glossary.md, and sentences with figures in them.

document.py     a Markdown file with heads in TOML: how words and lessons are written
vocabulary.py   what can be known, by name; session/facts.py is who knows it
sentences.py    conditions, and sentences with figures in them; pure functions of what is known
glossary.py     what each term means, and how things stand with it; session/looked_up.py has it looked up
"""
