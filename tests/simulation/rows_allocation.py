"""S7: traffic that follows the results must not bias what is then claimed about them."""

import numpy as np
from tests.simulation.registry import Demand, Finding, Scale, Table

from linkstar.stats.allocation import Batches, read_out_adaptive, top_two_shares

TESTS = {Scale.QUICK: 600, Scale.FULL: 6_000}
BATCHES, VIEWERS = 20, 1_000
TRUTHS = {"equal arms": (0.02, 0.02, 0.02), "one better by 30 %": (0.02, 0.02, 0.026)}


def adaptive_tests(rng, truth, *, tests, leader_share, floor) -> Batches:
    """Twenty batches whose shares follow top-two Thompson (leader_share 1: plain Thompson)."""
    arms = len(truth)
    clicks, units = np.zeros((tests, arms)), np.zeros((tests, arms))
    share, log = np.full((tests, arms), 1 / arms), []
    for _ in range(BATCHES):
        shown = rng.multinomial(VIEWERS, share)
        clicked = rng.binomial(shown, truth)
        log.append((share, shown, clicked))
        clicks, units = clicks + clicked, units + shown
        share = top_two_shares(clicks, units, leader_share=leader_share, floor=floor, points=129)
    return Batches(*(np.stack(part, axis=1).astype(float) for part in zip(*log, strict=True)))


def honest(batches, truth) -> tuple[np.ndarray, np.ndarray, float]:
    """Relative bias and coverage per arm, and how often some arm is called different."""
    read = read_out_adaptive(batches)
    bias = read.ctr.mean(axis=0) / truth - 1
    covered = (np.abs(read.ctr - truth) <= 1.96 * read.standard_error).mean(axis=0)
    return bias, covered, float((read.p < 0.05).mean())


def naive(batches, truth) -> tuple[np.ndarray, np.ndarray, float]:
    """The same from plain means and binomial errors."""
    units, clicks = batches.units.sum(axis=1), batches.clicks.sum(axis=1)
    ctr = clicks / np.maximum(units, 1)
    error = np.sqrt(np.maximum(ctr * (1 - ctr), 1e-12) / np.maximum(units, 1))
    z = (ctr[:, 1:] - ctr[:, :1]) / np.sqrt(error[:, 1:] ** 2 + error[:, :1] ** 2)
    covered = (np.abs(ctr - truth) <= 1.96 * error).mean(axis=0)
    return ctr.mean(axis=0) / truth - 1, covered, float((np.abs(z) > 1.96).mean())


def adaptive_allocation(scale: Scale) -> Finding:
    rng = np.random.default_rng(707)
    tests, rows, ours, theirs = TESTS[scale], [], [], []
    for name, rates in TRUTHS.items():
        truth = np.array(rates)
        fair = adaptive_tests(rng, truth, tests=tests, leader_share=0.5, floor=0.05)
        greedy = adaptive_tests(rng, truth, tests=tests, leader_share=1.0, floor=0.0)
        ours.append(honest(fair, truth))
        theirs.append(naive(greedy, truth))
        rows += [_row(name, "AIPW", ours[-1]), _row(name, "plain means", theirs[-1])]
    bias = max(float(np.abs(found[0]).max()) for found in ours)
    covered = [float(share) for found in ours for share in found[1]]
    wrong_bias = max(float(np.abs(found[0]).max()) for found in theirs)
    wrong_covered = min(float(found[1].min()) for found in theirs)
    slack = 3 * (0.05 * 0.95 / tests) ** 0.5 if scale is Scale.QUICK else 0.0
    noise = 3 * 0.06 / tests**0.5 if scale is Scale.QUICK else 0.0
    return Finding(
        reached=f"bias {bias:.1%}, coverage {min(covered):.1%} to {max(covered):.1%}",
        control_reached=f"bias {wrong_bias:.1%}, coverage down to {wrong_covered:.1%}",
        holds=bias <= 0.01 + noise and 0.93 - slack <= min(covered) <= max(covered) <= 0.97 + slack,
        control_fails=wrong_bias > 0.02 and wrong_covered < 0.93,
        tables=[Table("by truth", ("truth", "read-out", "bias", "coverage", "differs"), rows)],
    )


def _row(name, method, found) -> tuple[str, ...]:
    bias, covered, differs = found
    return (
        name,
        method,
        " / ".join(f"{value:+.1%}" for value in bias),
        " / ".join(f"{value:.1%}" for value in covered),
        f"{differs:.1%}",
    )


ROWS = (
    Demand(
        "adaptive-allocation", "S7", "Adaptive allocation: bias and 95 % coverage per arm",
        "bias <= 1 %, coverage 93-97 %", "AIPW on logged shares, top-two Thompson, floor 5 %",
        "plain means under Thompson", adaptive_allocation,
    ),
)  # fmt: skip
