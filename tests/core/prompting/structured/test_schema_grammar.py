from core.prompting.structured import constraints


def test_a_string_under_a_schema_holds_no_bare_line_end():
    """RFC 8259, section 7: control characters in a string are escaped. The converter alone would let them through."""
    grammar = constraints.schema_to_grammar(
        {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
    )
    assert r'[^"\\]' not in grammar
    assert r'[^"\\\x7F\x00-\x1F]' in grammar
