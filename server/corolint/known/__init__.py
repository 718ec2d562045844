"""What libraries do to coroutines and loops where no signature tells: data, each row with its why.

Names are public full names (``asyncio.gather``, ``asyncio.AbstractEventLoop.create_task``), however
the library is laid out inside; `corolint.infer` resolves a call to such a name before looking here.
"""
