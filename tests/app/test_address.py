"""The address leads to the run; a request that tells of an address of before does not."""

from charrnn.dashboard.session import session as sessions
from charrnn.training.settings import Settings


def opened_another(page):
    """The tokens of the run of before, and of another one that was opened since."""
    before = page.session.run
    page.session.start_another(before.corpus, Settings(hidden_size=16))
    page.look()
    assert page.session.run is not before
    return before.token, page.session.run.token


def test_a_request_that_was_on_its_way_as_another_run_was_opened_does_not_lead_back(page):
    before, now = opened_another(page)
    session = page.session
    page.at.query_params["run"] = before
    page.look()
    assert page.session is session
    assert page.session.run.token == now
    assert page.at.query_params["run"] in (now, [now])


def test_back_leads_to_the_run_before(page, monkeypatch):
    monkeypatch.setattr(sessions, "HEARD_SECONDS", 0.0)
    before, _ = opened_another(page)
    page.at.query_params["run"] = before
    assert page.look().session.run.token == before


def test_the_address_of_any_other_run_leads_there_at_once(open_page, page):
    other = open_page().session.run.token
    opened_another(page)
    page.at.query_params["run"] = other
    assert page.look().session.run.token == other
