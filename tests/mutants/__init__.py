"""The mutation bank: wrong rules by the thousand, and which of them the verifier finds out.

    make mutants SEED=1 FRACTION=0.1 JOBS=2

A mechanical mutant is the language with one small change in its syntax tree (`changes.py`, `usual.py`), in a rule of
an operation, a simplification, a transform or an entry point (`places.py`). Each runs in a process of its own
(`process.py`), where the changed module is imported in place of the right one (`judges.py`). It is judged by what the
verifier alone says: of the operations that run the changed lines (`reach.py`), of random graphs for the simplifier,
of the entry points by themselves, and of the functions and models in `programs.py`, which go through every transform.
FAIL and INCONCLUSIVE are kills; so is a program that does not run, or runs on, and these are counted apart.

A mutant that lives is printed with its change. Either the verifier has a hole, which is to be closed for the whole
class of such mistakes, or no derivative can show the change: then it is argued in `equivalent.txt`, by a key that holds
no line numbers. Of one kind the bank says so itself: where the simplifier gives other forms of its graphs with exactly
the same values, a simplification is lost, or another one found, which `tests/transform` watches.

Mistakes by hand (`faults.py`), class by class, are planted in every operation and instruction (`by_hand.py`).

The mutants drawn depend on the seed and their keys alone. What was judged is kept in `.mutants` until a source changes,
so a run that was stopped goes on.
"""
