"""Wrong derivative rules before the gradient checkers of torch, jax and HIPS autograd, and before this verifier.

    python -m bench.checkers run torch      # in an environment that has it; also jax, autograd, tl
    python -m bench.checkers table          # docs/gradient-checkers.md, of what was run

A program is one operation with a rule of its own (`programs.py`), in which one mistake is made (`mistakes.py`), the
same in every library (`libraries.py`). A checker finds it out when it raises. Results are kept in
`bench/checkers/results`.
"""
