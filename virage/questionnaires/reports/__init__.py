"""How forms and answers are shown: words, fields of a page, lines of a report."""
