"""Demand-driven inference: what does this expression evaluate to?

Nothing is inferred for its own sake. Somebody asks for the value of one term; the answer asks for
the values it depends on, in other modules too, and every answer is kept with the project. For

    self.pool = Pool()          # in some method
    self.pool.get().close()     # what does this call?

`evaluate` resolves the attribute `pool` through the class's MRO to an instance of `Pool`, `get`
through the MRO of `Pool` to a function, its annotation or its returned terms to a value, and so on.
A value that depends on itself is `NEVER` on the inner turn, so that cycles end in the least answer.

- `evaluate`: terms to values. - `protocols`: awaiting, iterating, subscripts, context managers.
- `hierarchy`, `attributes`, `structural`: classes, and what an attribute is.
- `calls`, `function_results`, `decorators`, `overload_choice`: what calling gives.
- `declarations`, `type_names`: annotations to values. - `type_variables`, `type_solving`,
`compatibility`: generic types. - `arguments`: what call sites hand to parameters.
- `fixtures`: what pytest hands to tests.
- `consensus`: what a name alone tells. - `external`: what the use of a library tells that is not
installed.
"""
