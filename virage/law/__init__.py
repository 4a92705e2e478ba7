"""The law as dated data with citations, and pure functions that judge acts by it."""
