"""Which code runs inside a running event loop and starts another, found through any chain of calls.

- `candidates`: which functions may start a loop at all, from summaries. - `code`: their bodies.
- `guards`: what a program learns when it asks whether a loop is running. - `events`: what a step of
a body runs. - `targets`: which code that is. - `paths`: the paths on which a body starts a loop.
- `faults`: puts these together for one file. - `history`: what rules get to see.
"""
