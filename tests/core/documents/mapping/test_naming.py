import json

import numpy as np
import pytest

from core.documents.mapping import naming
from core.documents.mapping.clusters import Clusters

TEXTS = ("a cat and a dog", "the dog barks", "rain and wind", "a storm at sea")
VECTORS = np.float32([[1, 0], [0.8, 0.6], [0, 1], [0.1, 0.99]])
GROUPS = naming.groups_of(VECTORS, np.array([0, 0, 1, 1]), (("cat", "dog"), ("rain", "storm")), TEXTS)


def encode(name: str) -> np.ndarray:
    return np.float32([1, 0]) if "pet" in name.lower() else np.float32([0, 1])


def test_a_group_has_its_keywords_and_its_most_typical_documents():
    assert GROUPS[0].keywords == ("cat", "dog") and set(GROUPS[0].exemplars) == set(TEXTS[:2])
    assert np.linalg.norm(GROUPS[1].centre) == pytest.approx(1)
    asked = naming.messages_for(GROUPS[0])[0]["content"]
    assert "cat, dog" in asked and "the dog barks" in asked and "JSON" in asked


def test_a_name_that_points_to_its_group_is_kept_and_not_asked_for_again(monkeypatch, tmp_path):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    asked = []

    def write(messages, schema):
        asked.append(schema)
        return json.dumps({"topic": "Pets at\nhome"})

    assert naming.saved_name(GROUPS[0], "model") is None
    assert naming.name(0, GROUPS, "model", write, encode) == "Pets at home"
    assert naming.saved_name(GROUPS[0], "model") == "Pets at home" and asked == [naming.SCHEMA]
    assert naming.saved_name(GROUPS[0], "another model") is None


@pytest.mark.parametrize("answer", ['{"topic": "Pets"}', "no JSON", "[]", '{"topic": 7}', '{"topic": "--"}', ""])
def test_a_name_that_does_not_fit_leaves_the_keywords(monkeypatch, tmp_path, answer):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    assert naming.name(1, GROUPS, "model", lambda messages, schema: answer, encode) == ""
    assert naming.saved_name(GROUPS[1], "model") == "", "the model is not asked again"


def test_names_that_were_written_stand_for_the_keywords():
    clusters = naming.NamedClusters(np.zeros((2, 2), int), ((("cat",),), (("dog",), ("fox",))), {(1, 0): "Dogs"})
    assert [clusters.name(0, 0), clusters.name(1, 0), clusters.name(1, 1)] == ["cat", "Dogs", "fox"]
    assert isinstance(clusters, Clusters)
