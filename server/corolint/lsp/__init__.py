"""The language server: corolint for editors, over the Language Server Protocol 3.17.

`transport` moves bytes, `protocol` answers by the rules of the specification, `documents` keeps
the texts that the editor has open, `convert` is the only place where findings become LSP types,
`analysis` asks the core (in a thread of its own), and each feature is one file. `server` puts
them together. Nothing here analyses code.
"""
