"""From About in the menu to the licences."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_about_in_the_menu_leads_to_the_licences(visit):
    window = visit()
    page = window.open("tokens")
    page.get_by_test_id("stMainMenu").get_by_role("button").click()
    page.get_by_test_id("stMainMenuItem-about").click()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="The licences of everything").click()
    licences = opened.value
    licences.get_by_role("heading", name="What comes with it").wait_for()
    licences.get_by_test_id("stDataFrame").wait_for()
    assert licences.url.endswith("/licences")
    window.check()
