"""The map of words in a real browser: names of words appear as one zooms in, and a press selects a word."""

from __future__ import annotations

from playwright.sync_api import expect


def test_words_are_named_as_one_zooms_in_and_a_press_selects_one(visit):
    window = visit()
    page = window.open("words?words_view=Map&words_map_count=500")
    map_of, labels = page.locator(".tl-map"), page.locator(".tl-label")
    expect(labels.first).to_be_visible()
    assert all("," in text for text in labels.all_inner_texts()), "clusters are named by three words"
    box = labels.first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)  # on the largest cluster
    page.mouse.wheel(0, -800)
    expect(map_of).to_have_attribute("data-level", "2")
    expect(labels.first).to_be_visible()
    words = labels.all_inner_texts()
    assert len(words) > 5 and not any("," in text for text in words)
    labels.first.click()
    expect(map_of).to_have_attribute("data-selected", "1")
    expect(page.get_by_text(f"1 of 500 words selected: {words[0]}")).to_be_visible()
    page.locator("button[data-act=clear]").click()
    expect(map_of).to_have_attribute("data-selected", "0")
    page.get_by_placeholder("Search within the map").fill("king")
    page.keyboard.press("Enter")
    window.settled()
    expect(page.locator(".tl-rank").first).to_be_visible()
    window.check()
