"""Decisions about records that need no database: plain functions over values."""
