"""Which code runs inside a running event loop and starts another, found through any chain of calls.

The question is put for one file (`faults`), and goes two ways. Backwards, from summaries alone,
`candidates` finds the functions that may start a loop at all, with the help of `mentions`
(functions that are named, not called) and `libraries`. Forwards, `search` explores the candidates
that the file's own code calls: `code` finds their bodies, `paths` goes through them with what
`guards` know, `events` says what each step runs, and `targets` which code that is, by a call
(`called`) or without one (`implicit`), for which `names` says what a term names. `missing` and
`arguments` answer the two smaller questions: what needs a loop where none is, and what runners are
given that they cannot run. Rules see only `history`.
"""
