"""What pages say of people and structures."""

from virage.accounts.reports.directory import directory
from virage.accounts.reports.words import profession_words, right_words, role_words

__all__ = ["directory", "profession_words", "right_words", "role_words"]
