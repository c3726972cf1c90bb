import re

from pages.shared.plain_label import plain_label


def test_nothing_is_left_that_markdown_reads():
    hostile = "**b** :red[x] :material/home: $x$ [a](http://b) <b> `c` # h\n- i https://a.b"
    label = plain_label(hostile, 200)
    assert re.sub(r"\\(.)", r"\1", label) == " ".join(hostile.split())
    assert not re.search(r"(?<!\\)[*_`\[\]<>$:#]", label)


def test_it_is_one_short_line():
    assert plain_label("word " * 50, 20) == "word word word word…" and plain_label(" a\n b ") == "a b"
