"""Two whole tickets that the ticket tests share: a full one of the sources' shape and a mini one."""

BAR = "# " + "=" * 76

FULL_TICKET = f"""{BAR}
# @TAG:TICKET:rank-fused-results
# @TAG:FEATURE:hybrid-search
# @TAG:COMPONENT:result-ranker
# @TAG:GLOBAL-PROJECT:stage-1-mind-refactoring
# @TAG:SPEC:docs/specs/hybrid_search.md
{BAR}
# TICKET: Rank the fused results of keyword and vector search
{BAR}
# Created: 2025-01-15
# Author: Search team
# Priority: High
# Complexity: Medium
# Estimated effort: 3 hours
# Component: result-ranker
# Related: fetch-bm25-results
{BAR}

{BAR}
# CONTEXT: Why this exists
{BAR}
# Keyword search finds exact words, vector search finds meaning.
# Current state: two lists, shown one below the other.
# Root cause: nothing compares a score of one list with a score of the other.
# Solution: reciprocal rank fusion, which needs ranks only.
{BAR}

{BAR}
# PROBLEM STATEMENT
{BAR}
# 1. A result that both lists contain has to come before one that only one contains.
#
# Example query: "python 3.11 features"
# Expected behavior:
#   - the page on 3.11 first, the page on 3.12 second
{BAR}

{BAR}
# ARCHITECTURAL CONTEXT
{BAR}
#   - Upstream: fetch_bm25.py, fetch_vectors.py
#   - Downstream: show_results.py:12-30
{BAR}

{BAR}
# REQUIREMENTS
{BAR}
# Functional:
#   FR1: Accept any number of ranked lists
#   FR2: Return every document once, best first,
#        ties by identifier
# Non-functional:
#   NFR1: 10000 documents in under 100 ms
{BAR}

{BAR}
# DESIGN DECISIONS
{BAR}
# Decision 1: fusion by rank
#   Chosen: reciprocal rank fusion, k = 60
#   Rejected: weighted sum, because the scores have no common scale
{BAR}

{BAR}
# IMPLEMENTATION GUIDANCE
{BAR}
#   def rank_fused_results(lists: Sequence[Sequence[str]]) -> list[str]
# - [x] agree on the tie rule
# - [/] write the function
# - [ ] measure it
{BAR}

{BAR}
# TESTING STRATEGY
{BAR}
#   - test_fr1_any_number_of_lists()
#   - test_fr2_ties_by_identifier()
#   - test_nfr1_ten_thousand_documents()
{BAR}

{BAR}
# RELATED TAGS & CROSS-REFERENCES
{BAR}
# @TAG:RELATED:fetch-bm25-results
# @TAG:PATTERN:reciprocal-rank-fusion
{BAR}

{BAR}
# EXPECTED OUTCOME
{BAR}
# rank_fused_results exists, its tests pass, coverage > 90 %.
{BAR}

# MODIFICATION LOG:
# - 2025-01-20: Ties are broken by identifier
#   Reason: two runs gave two orders
#   Changed by: Search team
#   Related: docs/specs/hybrid_search.md

"""

FULL_FILE = f'''#!/usr/bin/env python
{FULL_TICKET}
{BAR}
# Imports
{BAR}
import heapq


def rank_fused_results(lists):
    """Best first."""
    return heapq.nlargest(10, lists)
'''

MINI_TICKET = f"""{BAR}
# @TAG:TICKET:safe-division
# TICKET: Divide without raising
{BAR}
# CONTEXT: Averages over groups that may be empty
# PROBLEM: a ZeroDivisionError stops the report
# REQUIREMENTS:
#   - FR1: return the default when the divisor is 0
#   - NFR1: at most 1 branch more than plain division
# DESIGN DECISION: a default argument
# ALTERNATIVES REJECTED: an exception, because every caller would catch it
{BAR}
"""
