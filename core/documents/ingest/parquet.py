"""Parquet from strangers: what it declares is bounded before anything is unpacked, what it unpacks to while it is read.

A file of 1 kB can declare gigabytes (a page of one letter, packed) or repeat one long text, which is in a
dictionary, for thousands of rows. So the more a dictionary holds, the fewer rows are unpacked at a time.
Source: https://parquet.apache.org/docs/file-format/
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from core.errors import UnreadableFile

MOST_COLUMNS = 10_000
MOST_ROWS = 100_000_000
MOST_CHUNKS = 1_000_000  # columns in groups of rows
LARGEST_FOOTER = 1 << 24  # bytes that describe the file: its parser makes ten times as much of them
LARGEST_CHUNK = 1 << 31  # bytes unpacked of a column in a group of rows; also what a page can hold
FREE_BYTES, MOST_TIMES = 100_000_000, 1000  # what is unpacked beyond the first must not be so many times the file
ROWS_AT_ONCE, AT_ONCE_BYTES = 256, 1 << 26
LIGHT_BYTES = 1 << 25  # of a batch whose values are turned into Python's together
UNTELLABLE = (ValueError, OverflowError, TypeError, ArithmeticError, KeyError)  # a date in the year 300,000
_WRITE_AGAIN = "Write it again in smaller parts, or use CSV."


def opened(file: BinaryIO, columns: Sequence[str] | None = None) -> Any:
    """A pyarrow.parquet.ParquetFile whose declared sizes are sensible; `columns`: those that will be read (None: all).

    Raises:
        UnreadableFile: not Parquet, damaged, or it declares more than is read here.
    """
    import pyarrow.parquet as pq

    size = _size(file)
    with reading():
        stored = pq.ParquetFile(
            file,
            pre_buffer=False,
            buffer_size=1 << 20,  # pages as they come, not whole columns
            thrift_string_size_limit=LARGEST_FOOTER,
            thrift_container_size_limit=MOST_CHUNKS,
        )
        about = stored.metadata
        if max(about.num_columns, len(stored.schema_arrow)) > MOST_COLUMNS:
            raise UnreadableFile(
                f"The table has {about.num_columns:,} columns.", f"Up to {MOST_COLUMNS:,} can be read: leave some out."
            )
        if not 0 <= about.num_rows <= MOST_ROWS or about.num_row_groups * max(about.num_columns, 1) > MOST_CHUNKS:
            raise UnreadableFile(
                f"The file declares {about.num_rows:,} rows in {about.num_row_groups:,} groups.", _WRITE_AGAIN
            )
        unpacked = 0
        for chunk in _chunks(about, columns):
            if not 0 <= chunk.total_uncompressed_size <= LARGEST_CHUNK or not 0 <= chunk.num_values <= LARGEST_CHUNK:
                raise UnreadableFile("A part of this Parquet file is too large to be unpacked.", _WRITE_AGAIN)
            unpacked += chunk.total_uncompressed_size
        check_ratio(unpacked, size)
        return stored


def _size(file: BinaryIO) -> int:
    """The file's size in bytes, after a look at its end."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - 8, 0))
    tail = file.read(8)
    if size < 12 or tail[4:] != b"PAR1":
        raise UnreadableFile("The file is not Parquet, or was cut short.", "Write it again, or use CSV.")
    if int.from_bytes(tail[:4], "little") > LARGEST_FOOTER:
        raise UnreadableFile("The description in this Parquet file is too long.", _WRITE_AGAIN)
    file.seek(0)
    return size


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """Within it, whatever pyarrow raises on a damaged file becomes an `UnreadableFile`."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, MemoryError, NotImplementedError, IndexError, *UNTELLABLE) as problem:
        raise UnreadableFile(
            "The file starts like Parquet, and cannot be read.", "Write it again, or use CSV."
        ) from problem


def _chunks(about: Any, columns: Sequence[str] | None) -> Iterator[Any]:
    """The metadata of the wanted columns of all groups of rows."""
    wanted = None if columns is None else set(columns)
    for group in range(about.num_row_groups):
        rows = about.row_group(group)
        for place in range(about.num_columns):
            chunk = rows.column(place)
            if wanted is None or chunk.path_in_schema.split(".")[0] in wanted:
                yield chunk


def check_ratio(unpacked: int, size: int) -> None:
    """Refuse what unpacks beyond `FREE_BYTES` and to more than `MOST_TIMES` the size of its file.

    Raises:
        UnreadableFile: it does.
    """
    if unpacked > FREE_BYTES and unpacked > MOST_TIMES * size:
        raise UnreadableFile(
            f"The file of {size:,} bytes unpacks to more than {unpacked / 1e6:,.0f} MB.",
            "Write it again without what repeats, or use CSV.",
        )


def batches(file: BinaryIO, columns: Sequence[str] | None = None) -> Iterator[Any]:
    """The rows as pyarrow.RecordBatches, at most `ROWS_AT_ONCE` and about `AT_ONCE_BYTES` at a time.

    Raises:
        UnreadableFile: as `opened`; or what is unpacked outgrows the file.
    """
    stored, size = opened(file, columns), _size(file)
    wanted = [name for name in dict.fromkeys(stored.schema_arrow.names) if columns is None or name in columns]
    unpacked = 0
    with reading():
        for batch in stored.iter_batches(
            _rows_at_once(file, stored.metadata, wanted), columns=wanted, use_threads=False
        ):
            unpacked += sum(map(_bytes_of, batch.columns))
            check_ratio(unpacked, size)
            yield batch


def _bytes_of(column: Any) -> int:
    """The bytes of a column's values; those of a dictionary as often as they stand there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type) and (
        pa.types.is_large_string(column.type.value_type) or pa.types.is_string(column.type.value_type)
    ):
        return int(pc.sum(pc.binary_length(column.dictionary).take(column.indices)).as_py() or 0)
    return int(column.nbytes)


def _rows_at_once(file: BinaryIO, about: Any, columns: Sequence[str]) -> int:
    """So many that they stay small even if each holds the whole dictionary of its column, as often as it has values."""
    heaviest: dict[str, int] = {}
    for chunk in _chunks(about, columns):
        if chunk.has_dictionary_page and chunk.physical_type in ("BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"):
            values = -(-chunk.num_values // max(about.num_rows // max(about.num_row_groups, 1), 1))
            weight = _dictionary_bytes(file, chunk) * max(values, 1)
            heaviest[chunk.path_in_schema] = max(weight, heaviest.get(chunk.path_in_schema, 0))
    return max(1, min(ROWS_AT_ONCE, AT_ONCE_BYTES // max(sum(heaviest.values()), 1)))


def _dictionary_bytes(file: BinaryIO, chunk: Any) -> int:
    """The unpacked size of a column's dictionary, as its page says; where it does not, all of the column.

    A page begins with Thrift's compact form of its kind and its size unpacked: 0x15, a number, 0x15, a number.
    """
    file.seek(max(chunk.dictionary_page_offset or 0, 0))
    head = iter(file.read(16))
    numbers = []
    for _ in range(2):
        if next(head, 0) != 0x15:
            return int(chunk.total_uncompressed_size)
        number = shift = 0
        for byte in head:
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        numbers.append(number >> 1)  # zigzag; sizes are not negative
    return numbers[1]


def cells(batch: Any) -> Iterator[list[Any] | str]:
    """The rows of a batch, each a list of values; a row with a value that cannot be told in Python gives its column.

    A batch of long texts comes row by row, so that only one of them is there twice.
    """
    if sum(map(_bytes_of, batch.columns)) <= LIGHT_BYTES:
        with contextlib.suppress(*UNTELLABLE):  # then it is found row by row which it is
            yield from map(list, list(zip(*(column.to_pylist() for column in batch.columns), strict=True)))
            return
    for row in range(batch.num_rows):
        found: list[Any] = []
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            try:
                found.append(column[row].as_py())
            except UNTELLABLE:
                yield f"column “{name[:40]}” holds a value that cannot be read"
                break
        else:
            yield found
