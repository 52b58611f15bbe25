"""Names of runs: nobody guesses one, and a link to watch is good as long as its run."""

import base64

from charrnn.runs.tokens import new_token, watch_token_of


def test_a_link_to_watch_that_was_handed_out_leads_to_its_run_in_later_versions_too():
    assert watch_token_of("abc") == "nk78EH9Q1Js4ujIGwkuM0leM"


def test_a_token_is_of_128_bits_and_no_two_are_alike():
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(base64.urlsafe_b64decode(token + "==")) for token in tokens} == {16}
