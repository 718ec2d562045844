"""Reads feeds and posts what is new."""
