"""pass@k: the chance that at least one of k answers passes, estimated without bias from n of them.

Chen et al. 2021, "Evaluating Large Language Models Trained on Code", section 2.1 and appendix A: with c of n right it is
1 - C(n-c, k) / C(n, k). Taking 1 - (1 - c/n)^k in its place is biased downwards.
"""

from __future__ import annotations


def pass_at_k(samples: int, right: int, k: int) -> float:
    """The estimate for one problem, 0 to 1, as a product that neither overflows nor cancels.

    Raises ValueError unless 0 <= right <= samples and 1 <= k <= samples: fewer samples than k tell nothing of it.
    """
    if not 0 <= right <= samples or not 1 <= k <= samples:
        raise ValueError(f"pass@{k} needs 0 <= right <= samples and k <= samples, not {right} of {samples}")
    if samples - right < k:
        return 1.0
    missed = 1.0
    for taken in range(samples - right + 1, samples + 1):
        missed *= 1.0 - k / taken
    return 1.0 - missed
