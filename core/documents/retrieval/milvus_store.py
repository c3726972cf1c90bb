"""A search store in Milvus: a server or a cluster by its address, or Milvus Lite behind the same client.

One collection holds a corpus: `id`, `terms` (the stemmed words, from which the engine computes BM25 itself), `vector`
(compared by cosine), `digest` (what tells a changed document). Words are stemmed here and not there, so that every
engine ranks alike.
"""

from __future__ import annotations

import contextlib
import logging
import os
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from core.documents.retrieval import bm25
from core.documents.retrieval.ranking import DEPTH, Id, Ranking
from core.documents.retrieval.store import BATCH, Store
from core.errors import LostServer, OtherDimension, UserError
from core.models import api_keys

CONNECT_S, ANSWER_S, WRITE_S = 5.0, 20.0, 60.0
LONGEST_ID = 512
MOST_ANSWERS = 16_384  # Milvus gives no more at a time


class MilvusStore(Store):
    """See `core.documents.retrieval.store.Store`. `vector_index`: "HNSW" (approximate, for servers) or "FLAT" (exact).

    Raises:
        LostServer: nobody answers at `uri`.
        OtherDimension: the collection is there, for vectors of another size.
    """

    def __init__(
        self, uri: str, dimension: int, collection: str = "documents", token: str = "", vector_index: str = "HNSW"
    ) -> None:
        self.uri, self.dimension, self.collection, self.vector_index = uri, dimension, collection, vector_index
        self._text_ids: bool | None = None
        self._frequencies: dict[str, int] = {}  # of terms asked for; "": of all documents
        with self._spoken():
            from pymilvus import MilvusClient

            logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # what goes wrong is said by `_spoken`
            self._client: Any = MilvusClient(uri=uri, token=token, timeout=CONNECT_S)
            self._there = bool(self._client.has_collection(collection, timeout=ANSWER_S))
            if self._there:
                self._check_schema()
                self._client.load_collection(collection, timeout=WRITE_S)

    def _check_schema(self) -> None:
        from pymilvus import DataType

        fields = {
            field["name"]: field
            for field in self._client.describe_collection(self.collection, timeout=ANSWER_S)["fields"]
        }
        found = int(fields["vector"]["params"]["dim"]) if "vector" in fields else 0
        if found != self.dimension:
            raise OtherDimension(
                f"The index holds vectors of {found or 'no'} numbers, and this encoder makes vectors of "
                f"{self.dimension}.",
                "Use the encoder that made the index, or rebuild the index.",
            )
        self._text_ids = fields["id"]["type"] == DataType.VARCHAR

    @contextlib.contextmanager
    def _spoken(self) -> Iterator[None]:
        """The engine's refusals as sentences."""
        try:
            from grpc import RpcError
            from pymilvus.exceptions import MilvusException
        except ImportError as problem:
            raise UserError("Milvus is not installed.", "pip install pymilvus milvus-lite") from problem
        try:
            yield
        except (MilvusException, RpcError) as problem:
            said = str(getattr(problem, "message", problem))
            lost = ("connecting", "unavailable", "deadline", "timeout", "timed out", "connect")
            if any(word in said.lower() for word in lost):
                raise LostServer(
                    f"The Milvus server at {self.uri} does not answer.",
                    "Start it, or change its address; without an address the lab searches on this machine.",
                ) from problem
            raise UserError(
                f"Milvus refused: {said[:300]}", "Try again; if it fails again, rebuild the index."
            ) from problem

    # ------------------------------------------------------------ what is there

    def contents(self) -> dict[Id, str]:
        return {row["id"]: row["digest"] for rows in self.pages("id", "digest") for row in rows}

    def pages(self, *fields: str) -> Iterator[list[dict[str, Any]]]:
        """All rows with these fields, some thousands at a time."""
        if not self._there:
            return
        with self._spoken():
            pages = self._client.query_iterator(
                self.collection, batch_size=4000, output_fields=list(fields), timeout=WRITE_S
            )
            while rows := pages.next():
                yield rows
            pages.close()

    def _digests(self, ids: Sequence[Id]) -> dict[Id, str]:
        if not self._there:
            return {}
        found: dict[Id, str] = {}
        with self._spoken():
            for start in range(0, len(ids), BATCH):
                rows = self._client.get(
                    self.collection,
                    ids=[_plain(one) for one in ids[start : start + BATCH]],
                    output_fields=["id", "digest"],
                    timeout=ANSWER_S,
                )
                found |= {row["id"]: row["digest"] for row in rows}
        return found

    # ------------------------------------------------------------ what changes it

    def _put(self, ids: Sequence[Id], texts: Sequence[str], vectors: np.ndarray, digests: Sequence[str]) -> None:
        self.put_terms(ids, [bm25.terms_of(text) for text in texts], vectors, digests)

    def put_terms(
        self,
        ids: Sequence[Id],
        terms: Sequence[Sequence[str]],
        vectors: np.ndarray,
        digests: Sequence[str],
        fresh: bool = False,
    ) -> None:
        """Add or replace documents whose terms are known already; `fresh`: none of them is there, which is quicker."""
        rows = [
            {"id": _plain(one), "terms": " ".join(terms[place]), "vector": vectors[place], "digest": digests[place]}
            for place, one in enumerate(ids)
        ]
        if any(isinstance(row["id"], str) and len(row["id"].encode()) > LONGEST_ID for row in rows):
            raise UserError(f"An id is longer than {LONGEST_ID} bytes.", "Give shorter ids.")
        with self._spoken():
            if not self._there:
                self._create(text_ids=isinstance(rows[0]["id"], str))
            if isinstance(rows[0]["id"], str) is not self._text_ids:
                raise UserError(
                    f"The ids of this index are {'texts' if self._text_ids else 'whole numbers'}.",
                    "Give ids of that kind, or open another index.",
                )
            self._frequencies.clear()
            write = self._client.insert if fresh else self._client.upsert
            write(self.collection, rows, timeout=WRITE_S)

    def _create(self, text_ids: bool) -> None:
        from pymilvus import DataType, Function, FunctionType

        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
        if text_ids:
            schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=LONGEST_ID)
        else:
            schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field(
            "terms",
            DataType.VARCHAR,
            max_length=65_535,
            enable_analyzer=True,
            enable_match=True,
            analyzer_params={"type": "standard"},
        )
        schema.add_field("digest", DataType.VARCHAR, max_length=64)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=self.dimension)
        schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
        schema.add_function(
            Function(
                name="bm25", function_type=FunctionType.BM25, input_field_names=["terms"], output_field_names=["sparse"]
            )
        )
        indexes = self._client.prepare_index_params()
        indexes.add_index(
            "vector",
            index_type=self.vector_index,
            metric_type="COSINE",
            params={"M": 24, "efConstruction": 200} if self.vector_index == "HNSW" else {},
        )
        indexes.add_index(
            "sparse",
            index_type="SPARSE_INVERTED_INDEX",
            metric_type="BM25",
            params={"bm25_k1": bm25.K1, "bm25_b": bm25.B},
        )
        self._client.create_collection(
            self.collection, schema=schema, index_params=indexes, consistency_level="Session", timeout=WRITE_S
        )
        self._client.load_collection(self.collection, timeout=WRITE_S)
        self._there, self._text_ids = True, text_ids

    def remove(self, ids: Sequence[Id]) -> int:
        found = list(self._digests(ids))
        self._frequencies.clear()
        if found:
            with self._spoken():
                self._client.delete(self.collection, ids=found, timeout=WRITE_S)
        return len(found)

    def flush(self) -> None:
        """Write what is still in the engine's memory into segments, after much was added."""
        if self._there:
            with self._spoken():
                self._client.flush(self.collection, timeout=WRITE_S)

    # ------------------------------------------------------------ what asks it

    def rank(self, text: str, vector: np.ndarray | None, depth: int = DEPTH) -> Ranking:
        ranking = self.lists(text, vector, depth)
        return replace(ranking, most=self._most(bm25.terms_of(text))) if ranking.keyword else ranking

    def lists(self, text: str, vector: np.ndarray | None, depth: int = DEPTH) -> Ranking:
        """Both rankings, without what BM25 could give at most: for that the documents of each term are counted."""
        if not self._there:
            return Ranking((), ())
        depth = min(depth, MOST_ANSWERS)
        terms = bm25.terms_of(text)
        keyword = self._asked("sparse", " ".join(terms), depth, "BM25") if terms else ()
        if vector is None:
            return Ranking(keyword, ())
        query = np.asarray(vector, dtype=np.float32)
        if query.shape != (self.dimension,):
            raise OtherDimension(
                f"The query has {query.size} numbers, this index holds vectors of {self.dimension}.",
                "Encode the query with the encoder that made the index.",
            )
        return Ranking(keyword, self._asked("vector", query, depth, "COSINE"))

    def _most(self, terms: Sequence[str]) -> float | None:
        """See `core.documents.retrieval.bm25.most`; None if the collection was made elsewhere, without a way to count.

        Each term is counted once until something is written here: what others write meanwhile hardly changes a rarity.
        """
        with self._spoken():
            from pymilvus.exceptions import MilvusException

            try:
                for term in {"", *terms} - set(self._frequencies):
                    found = self._client.query(
                        self.collection,
                        filter=f"TEXT_MATCH(terms, '{term}')" if term else "",
                        output_fields=["count(*)"],
                        timeout=ANSWER_S,
                    )
                    self._frequencies[term] = int(found[0]["count(*)"])
            except MilvusException as problem:
                if "match" not in str(problem).lower():
                    raise
                return None
        return bm25.most(terms, self._frequencies, self._frequencies[""])

    def _asked(self, field: str, query: Any, depth: int, metric: str) -> tuple[tuple[Id, float], ...]:
        searched = {"metric_type": metric, "params": {"ef": max(depth, 128)} if field == "vector" else {}}
        with self._spoken():
            answer = self._client.search(
                self.collection,
                data=[query],
                anns_field=field,
                limit=depth,
                search_params=searched,
                output_fields=["id"],
                timeout=ANSWER_S,
            )
        # Milvus Lite gives the negative of a BM25 score, Milvus the score
        return tuple(
            (hit["id"], abs(float(hit["distance"])) if metric == "BM25" else float(hit["distance"]))
            for hit in answer[0]
        )

    def __len__(self) -> int:
        if not self._there:
            return 0
        with self._spoken():
            return int(
                self._client.query(self.collection, filter="", output_fields=["count(*)"], timeout=ANSWER_S)[0][
                    "count(*)"
                ]
            )

    def drop(self) -> None:
        """Delete the whole collection."""
        with self._spoken():
            self._client.drop_collection(self.collection, timeout=WRITE_S)
        self._there = False

    def close(self) -> None:
        with contextlib.suppress(Exception):  # a server that is gone need not be told
            self._client.close()


def _plain(one: Any) -> Id:
    return one if isinstance(one, str) else int(one)


def opened(uri: str) -> Callable[[str, int], Store]:
    """Connect to a server; what it gives opens its collections."""
    return lambda collection, dimension: MilvusStore(uri, dimension, collection, token_for(uri))


def token_for(address: str) -> str:
    """The token for a Milvus server: TEXTLAB_MILVUS_TOKEN, if it is the one in TEXTLAB_MILVUS_URI or on this machine.

    Raises:
        UserError: it would be sent to another machine over plain http.
    """
    try:
        parts = urllib.parse.urlsplit(address)
        host, port, secure = parts.hostname or "", parts.port, parts.scheme == "https"
    except ValueError:
        return ""  # no address: connecting says so
    return api_keys.secret("TEXTLAB_MILVUS_TOKEN", os.environ.get("TEXTLAB_MILVUS_URI", ""), host, port, secure)
