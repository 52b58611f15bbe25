"""Each claim about what may be brought, for a few cases; tests/soak/fuzz.py holds them for as long as one says."""

import fuzzed_files
import fuzzed_messages
import fuzzed_texts
import pytest

CLAIMS = [*fuzzed_texts.CLAIMS, *fuzzed_files.CLAIMS, *fuzzed_messages.CLAIMS]
CASES = 40
SEED = 1


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim.name for claim in CLAIMS])
def test_whatever_is_brought_is_taken_or_refused_in_a_sentence(claim):
    claim.hold(CASES, SEED)
