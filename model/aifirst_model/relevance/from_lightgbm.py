"""Takes a model over from LightGBM: the same scores, without LightGBM.

A threshold becomes the largest float32 that is not above it, which decides every float32 the same way. Leaves are
rounded to whole steps, so a score differs by at most half a step a tree.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from aifirst_model.relevance.trees import MOST_LEAVES, Trees

_LARGEST = 32_000


class _Node(NamedTuple):
    feature: int
    threshold: float
    tree: int
    mask: int


def take_trees(*boosters: Any) -> Trees:
    """The trees of LightGBM boosters, of several the mean of what they score.

    They have at most 16 leaves a tree, and the same numeric features without missing values.
    """
    dumps = [cast("dict[str, Any]", booster.dump_model()) for booster in boosters]
    grown = [told for dumped in dumps for told in dumped["tree_info"]]
    nodes: list[_Node] = []
    values = np.zeros((len(grown), MOST_LEAVES))
    for tree, told in enumerate(grown):
        leaves: list[float] = []
        _walk(told["tree_structure"], tree, nodes, leaves)
        if len(leaves) > MOST_LEAVES:
            raise ValueError(
                f"a tree has {len(leaves)} leaves; train with num_leaves of at most {MOST_LEAVES}"
            )
        values[tree, : len(leaves)] = leaves
    values /= len(boosters)
    nodes.sort()
    step = max(float(np.abs(values).max(initial=0.0)), 1e-9) / _LARGEST
    return Trees(
        tuple(dumps[0]["feature_names"]),
        np.array([node.feature for node in nodes], np.uint8),
        _not_above(np.array([node.threshold for node in nodes], np.float64)),
        np.array([node.tree for node in nodes], np.uint16),
        np.array([node.mask for node in nodes], np.uint16),
        np.rint(values / step).astype(np.int16),
        step,
    )


def _walk(node: dict[str, Any], tree: int, nodes: list[_Node], leaves: list[float]) -> int:
    """Number the leaves from left to right; the bits of those below a node."""
    if "split_index" not in node:
        leaves.append(float(node["leaf_value"]))
        return 1 << (len(leaves) - 1)
    if node["decision_type"] != "<=":
        raise ValueError(f"a split by {node['decision_type']}; only numbers are understood")
    left = _walk(node["left_child"], tree, nodes, leaves)
    right = _walk(node["right_child"], tree, nodes, leaves)
    nodes.append(_Node(int(node["split_feature"]), float(node["threshold"]), tree, 0xFFFF & ~left))
    return left | right


def _not_above(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    rounded = thresholds.astype(np.float32)
    down = np.nextafter(rounded, np.float32(-np.inf), dtype=np.float32)
    return np.where(rounded > thresholds, down, rounded).astype(np.float32)
