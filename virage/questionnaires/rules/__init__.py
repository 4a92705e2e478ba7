"""FHIR R4 Questionnaire forms as plain values: parse, read what was typed, enable, validate, calculate, keep.

No Django, no clock, no database: everything here can be run and tested with a JSON file and a dictionary.
"""
