"""Which code runs inside a running event loop and starts another, found through any chain of calls.

The question is put for one file (`faults`), and goes two ways. Backwards, from summaries alone,
`callers` finds the functions that may start a loop at all (`candidates`), with the help of
`mentions` (functions that are named, not called), `holders` (who has an object at hand) and
`libraries`; `memory` keeps them over edits. Forwards, `search` explores the candidates that the
file's own code calls: `code` finds their bodies, `paths` goes through them with what `guards` and
`answers` know, `events` says what each step runs, and `targets` which code that is, by a call
(`called`, `constructing`, `bodies`) or without one (`implicit`, `special`), for which `names` says
what a term names. `helpers` looks from the other end: who comes here inside a loop? `missing` and
`arguments` answer the two smaller questions: what needs a loop where none is, and what runners are
given that they cannot run. Rules see only `history`.
"""
