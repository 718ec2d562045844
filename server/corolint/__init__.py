"""corolint finds coroutine mistakes in Python programs before they run."""

__version__ = "0.1.0"
