"""Plain values and rules that know nothing of Django, of the clock or of health care."""
