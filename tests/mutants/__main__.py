"""`python -m tests.mutants --seed 0 --fraction 0.1 --jobs 2`: wrong rules by the thousand, and which are found out."""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

from tests.mutants import equivalent, judges
from tests.mutants.judges import Judgement
from tests.mutants.kept import Kept
from tests.mutants.mutant import Mutant, drawn, mechanical
from tests.mutants.places import BY_HAND, JUDGED, JUDGING, fingerprint
from tests.mutants.process import prepare
from tests.mutants.reach import Own, measured
from tests.mutants.report import Outcome, survivor, table


def main() -> int:
    """Exit 1 when a mutant lives that is not argued to be equivalent."""
    options = _options()
    prepare()
    outcomes = []
    started = time.monotonic()
    for outcome in itertools.chain(*[BANKS[bank](options) for bank in options.bank.split(",")]):
        outcomes.append(outcome)
        if options.progress and len(outcomes) % 50 == 0:
            print(f"  {len(outcomes)} in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    alive = [one for one in outcomes if one.became == "alive"]
    for one in sorted(alive, key=lambda one: one.key):
        print(survivor(one))
    if options.verbose:
        for one in outcomes:
            print(f"{one.became}: {one.kind}: {one.key} | {one.judgement}")
    print(table(outcomes))
    return int(bool(alive))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bank", default=",".join(BANKS), help="which banks, in this order")
    parser.add_argument("--seed", default="0", help="which mutants are drawn")
    parser.add_argument("--fraction", type=float, default=0.1, help="how many of all")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--kind", default="", help="only classes whose name contains this")
    parser.add_argument("--only", default="", help="only mutants whose key contains this")
    parser.add_argument(
        "--limit",
        type=float,
        default=45.0,
        help="seconds of the processor of one; a tenth for a simplification",
    )
    parser.add_argument("--own", action="store_true", help="rules before their own operation only, nothing measured")
    parser.add_argument("--measure", action="store_true", help="which lines the judges run is measured anew")
    parser.add_argument("--progress", action="store_true")
    parser.add_argument("--verbose", action="store_true", help="what became of every mutant")
    return parser.parse_args()


def mechanical_bank(options: argparse.Namespace) -> Iterator[Outcome]:
    """Changes of the syntax tree. Nothing here may import the language: each child imports one of its own."""
    bank, kept = mechanical(), Kept("mechanical", fingerprint(*JUDGED, *JUDGING))
    arguments = equivalent.argued(mutant.key for mutant in bank)
    own = Own()
    chosen = [
        m
        for m in bank
        if drawn(m.key, options.seed, options.fraction)
        and options.kind in m.kind
        and options.only in m.key
        and (not options.own or own.judges_of(m))
    ]
    print(f"{len(chosen)} of {len(bank)} mechanical mutants, seed {options.seed}", flush=True)
    reach = own if options.own else measured(options.jobs, anew=options.measure)

    def work(m: Mutant) -> Callable[[], Judgement]:
        forms = reach.forms if m.kind == "simplification" else ""
        limit = options.limit / (10 if forms else 1)
        return partial(judges.judged, m.module, m.path, m.source(), reach.judges_of(m), limit, forms)

    for _, mutant, judgement in kept.judged({m.key: m for m in chosen}, work, options.jobs):
        where = f"{mutant.path}:{mutant.line}: {mutant.change}"
        argument = judgement.what if judgement.what == judges.OTHER_FORMS else ""
        yield Outcome(mutant.kind, mutant.key, judgement, where, arguments.get(mutant.key, argument))


def bank_by_hand(options: argparse.Namespace) -> Iterator[Outcome]:
    """Classes of mistakes, in every operation and instruction."""
    from tests.mutants import by_hand

    kept = Kept("by-hand", fingerprint(*JUDGED, *JUDGING, *BY_HAND))
    named = {f"by hand, {kind}: {name}: {target}": (kind, name, target) for kind, name, target in by_hand.names()}
    chosen = {
        key: one
        for key, one in named.items()
        if drawn(key, options.seed, options.fraction) and options.kind in one[0] and options.only in key
    }
    print(f"{len(chosen)} of {len(named)} mistakes by hand, seed {options.seed}", flush=True)
    nothing = 0
    for key, one, judgement in kept.judged(chosen, lambda one: partial(by_hand.judged, *one), options.jobs):
        if judgement.verdict == by_hand.NONE:
            nothing += 1
        else:
            yield Outcome(one[0], key, judgement)
    print(f"{nothing} of them change no tangent of their operation, and are not counted")


BANKS = {"mechanical": mechanical_bank, "by-hand": bank_by_hand}
"""In the order in which they must run: from the second on, this process has imported the language."""


if __name__ == "__main__":
    sys.exit(main())
