"""What every random program begins with: functions that use an object always, sometimes or never.

Each is a shape of real code, and what it does to its argument has to be found out from its body.
"""

HEAD = """\
import asyncio
import contextlib
import types

async def f():
    pass
async def g(): ...
async def bad():
    if coin(): raise ValueError
def check():
    if coin(): raise ValueError
async def run(c):
    await c
async def maybe(c):
    if coin(): await c
    else: c.close()
async def leaky(c):
    if coin(): await c
async def retry(c):
    for _ in range(2):
        try:
            return await c
        except ValueError:
            pass
async def both(c, d):
    await c
    await d
async def run_all(*cs):
    await asyncio.gather(*cs)
async def forward(*arguments, **named):
    await run(*arguments, **named)
async def deep(c, depth):
    if depth: await deep(c, depth - 1)
    else: await c
def look(c):
    print(repr(c))
def same(c):
    return c
def shut(c):
    c.close()
def start(c):
    return asyncio.create_task(c)
def each(c, d):
    yield c
    yield d
@contextlib.contextmanager
def guard():
    yield
class Runner:
    async def run(self, c):
        await c
class Job:
    def __init__(self, c):
        self.c = c
    async def run(self):
        await self.c

async def main():
"""
