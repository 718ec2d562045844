"""Random programs: does corolint say what CPython does, on code that nobody chose for it?

`programs` makes small programs out of a number: two variables that hold coroutine objects, and
around them branches, loops, handlers and helpers that use an object always, sometimes or never.
``coin()`` is a free boolean, so that the oracle can run every path. `verdicts` holds each finding
and each fault of such a program against the other. `shrink` makes a disagreement short enough to
read, and `python -m fuzz.run` (`make fuzz N=2000`) does all of it for as many programs as wanted.

One program out of thousands, made from the number 29; both objects of `f` are dropped, that of `g`
is not::

    async def main():
        flag = coin()
        a = f()
        b = f()
        b = b
        b = g()
        try:
            await asyncio.wait_for(b, 5)
        finally:
            look(b)
"""
