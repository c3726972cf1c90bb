"""Which key goes where, host by host."""

import pytest

from core.documents.retrieval.milvus_store import token_for
from core.errors import UserError
from core.models.api_keys import is_loopback, key_for, secret


@pytest.fixture
def keys(monkeypatch):
    """Set the variables of this test; all others are unset."""
    for name in (
        "TEXTLAB_API_KEY",
        "TEXTLAB_API_KEY_HOST",
        "OPENAI_API_KEY",
        "TEXTLAB_MILVUS_TOKEN",
        "TEXTLAB_MILVUS_URI",
    ):
        monkeypatch.delenv(name, raising=False)
    return lambda **values: [monkeypatch.setenv(name, value) for name, value in values.items()]


@pytest.mark.parametrize(
    "host, here",
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("192.168.0.2", False),
        ("0.0.0.0", False),
        ("evil.example", False),
        ("::ffff:10.0.0.1", False),
        ("", False),
    ],
)
def test_what_is_this_machine(host, here):
    assert is_loopback(host) is here


@pytest.mark.parametrize(
    "host, port, secure, key",
    [
        ("llm.example", None, True, "mine"),
        ("llm.example", 8443, True, "mine"),
        ("sub.llm.example", None, True, ""),
        ("llm.example.evil", None, True, ""),
        ("port.example", 8443, True, "mine"),
        ("port.example", None, True, ""),
        ("default.example", None, True, "mine"),
        ("default.example", 8443, True, ""),
        ("127.0.0.1", 8080, False, ""),
        ("url.example", None, True, "mine"),
        ("api.openai.com", None, True, "theirs"),
    ],
)
def test_a_key_goes_to_the_named_hosts_alone(keys, host, port, secure, key):
    keys(
        TEXTLAB_API_KEY="mine",
        OPENAI_API_KEY="theirs",
        TEXTLAB_API_KEY_HOST="llm.example, port.example:8443,default.example:443, https://url.example/v1, "
        "bad.example:x, [",
    )
    assert key_for(host, port, secure) == key


def test_no_key_goes_over_plain_http_not_even_to_openai(keys):
    keys(OPENAI_API_KEY="theirs", TEXTLAB_API_KEY="mine", TEXTLAB_API_KEY_HOST="192.168.0.2")
    for host, name in (("api.openai.com", "OPENAI_API_KEY"), ("192.168.0.2", "TEXTLAB_API_KEY")):
        with pytest.raises(UserError, match=f"{name} is not sent"):
            key_for(host, None, False)


def test_without_a_named_host_only_this_machine_gets_it(keys):
    keys(TEXTLAB_API_KEY="mine")
    assert [key_for(host, 8080, False) for host in ("localhost", "::1", "llm.example")] == ["mine", "mine", ""]
    assert key_for("api.openai.com", None, True) == ""
    assert secret("UNSET_KEY", "", "localhost", None, False) == ""


def test_the_token_for_milvus_goes_to_its_server_alone(keys):
    keys(TEXTLAB_MILVUS_TOKEN="root:Milvus")
    assert token_for("http://127.0.0.1:19530") == "root:Milvus" and token_for("https://milvus.example:19530") == ""
    keys(TEXTLAB_MILVUS_URI="https://milvus.example:19530")
    assert token_for("https://milvus.example:19530") == "root:Milvus"
    assert token_for("https://typed.example:19530") == "" and token_for("http://127.0.0.1:19530") == ""
    assert token_for("https://milvus.example:1") == "" and token_for("https://[") == ""
    keys(TEXTLAB_MILVUS_URI="http://milvus.example:19530")
    with pytest.raises(UserError, match="over plain http"):
        token_for("http://milvus.example:19530")
