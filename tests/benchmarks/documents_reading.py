"""A file of 2 GB read as a stream, and what memory it takes: python -m tests.benchmarks.documents_reading [MB]"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.documents_scale import peak_mb


def main(megabytes: int = 2000) -> None:
    os.environ["TEXTLAB_HOME"] = home = tempfile.mkdtemp(prefix="textlab-reading-")
    from core.documents import corpus
    from core.documents.ingest import sources
    from core.documents.pipeline import job_spec
    from core.runtime.worker import Worker

    path = Path(home, "large.csv")
    articles = [text.replace('"', "'") for text in corpus.load("lee").texts]
    with open(path, "w", encoding="utf-8") as file:
        file.write("number,text\n")
        number = 0
        while file.tell() < megabytes * 1e6:
            file.write("".join(f'{number + place},"{number + place} {text}"\n' for place, text in enumerate(articles)))
            number += len(articles)
    worker = Worker("core.documents.pipeline.jobs:JobsWorker", {"role": "read"}, first="warm_up").start()
    small = Path(home, "small.csv")
    small.write_text("number,text\n1,a storm\n")
    worker.call("import_corpus", **job_spec.importing(sources.find(str(small)), sources.ImportOptions()).arguments)
    before, started = peak_mb(worker.pid), time.perf_counter()
    found = worker.call(
        "import_corpus", **job_spec.importing(sources.find(str(path)), sources.ImportOptions()).arguments
    )
    print(
        f"{path.stat().st_size / 1e6:,.0f} MB, {found['documents']:,} documents, {found['passages']:,} passages "
        f"read in {time.perf_counter() - started:.0f} s; {peak_mb(worker.pid) - before:,.0f} MB more memory "
        f"than before ({before:,.0f} MB; 500 more at most); load of the machine {os.getloadavg()[0]:.1f}"
    )
    worker.close()
    shutil.rmtree(home)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
