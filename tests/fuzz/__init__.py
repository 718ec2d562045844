"""Random programs: does corolint say what CPython does, on code that nobody chose for it?

`programs` makes small programs out of a number: two to four places that hold coroutine objects
(names, an attribute, elements), around them branches, loops, handlers, contexts and closures, and
calls of the functions in `helpers`, which use an object always, sometimes or never. ``coin()`` is a
free boolean, so that the oracle can run every path. `verdicts` holds each finding and each fault of
such a program against the other. `shrink` makes a disagreement short enough to read, and
`python -m fuzz.run` (`make fuzz N=2000`) does all of it for as many programs as wanted.

One program out of thousands, made from the number 46; the first object of `bad` and that of `f` are
dropped, the one that two places hold is awaited::

    async def main():
        flag = coin()
        a = bad()
        b = f()
        d = {}
        d['k'] = bad()
        a = d['k']
        await deep(a, 2)
        try:
            check()
            pass
        except ValueError:
            pass
"""
