"""From expressions to value terms: what an expression is, in words that outlive its syntax.

Reading ``(await self.pool.get()).close()`` in a method gives *call of attribute `close` of await of
call of attribute `get` of attribute `pool` of self*. Every expression is read exactly once, in the
order of evaluation; besides its term, a read leaves facts in the module: the calls that are made,
what is put into containers, what a walrus binds.

- `expressions`: expressions to terms. - `targets`: what an assignment binds. - `narrowing`: what a
test that came out true or false tells. - `annotations`: annotations to type terms. - `paths`: the
names that an attribute or a callee is written with. - `uses`: what is done with what a call gives.
"""
