"""Adapters for public test sets, which are never part of this repository.

Each turns the files of a set into cases and documents; `open_public` makes a suite of
them, in which every document is a report that the ordinary path reads and indexes.
"""
