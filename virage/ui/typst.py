"""PDF documents by Typst: PDF/A-3a and PDF/UA-1, data passed as JSON, never as markup."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).parent / "static" / "ui" / "vendor" / "fonts"
LETTERHEAD = Path(__file__).parent / "letterhead"
STANDARDS = ["a-3a", "ua-1"]
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of one's own is made in it


def compile_pdf(template: Path, data: dict[str, Any], pictures: dict[str, bytes]) -> bytes:
    """The PDF of a Typst template that reads `json(bytes(sys.inputs.data))` and finds its pictures by name.

    It may `#import "letterhead.typ": *`. Pictures lie in a private folder that is gone when this returns: in memory
    where the system has such a place, since they are health data that the disk may hold encrypted only.
    """
    place = MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) else None
    with tempfile.TemporaryDirectory(prefix="virage-pdf-", dir=place) as folder:
        root = Path(folder)
        for shared in LETTERHEAD.glob("*.typ"):
            (root / shared.name).write_bytes(shared.read_bytes())
        (root / "main.typ").write_bytes(template.read_bytes())
        for name, content in pictures.items():
            (root / Path(name).name).write_bytes(content)
        return typst.compile(
            root / "main.typ",
            root=root,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=STANDARDS,
        )
