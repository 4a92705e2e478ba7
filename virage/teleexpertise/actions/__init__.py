"""The verbs of the téléexpertise, one module for each part of its life.

Each verb checks the right, moves the state, writes its rows, then posts messages, in one transaction that first takes
the patient's lock: two verbs on one patient follow one another.
"""
