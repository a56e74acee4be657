"""The examples of docs/kits/python.md, and of the page that package registries show.

Each block is a test file, and a block for `conftest.py` belongs to the next one.
"""

import re
from importlib import metadata
from pathlib import Path

from conftest import run_pytest

PAGE = Path(__file__).parent / "page.md"


def test_each_example_of_the_page_passes(tmp_path):
    texts = [PAGE.read_text(), metadata.metadata("az-communication").get_payload()]
    blocks = [block for text in texts for block in re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)]
    folder, tests = tmp_path, 0
    for number, block in enumerate(blocks):
        if not (folder / "conftest.py").exists() or (folder / "test_page.py").exists():
            folder = tmp_path / str(number)
            folder.mkdir()
        name = "conftest.py" if block.startswith("# conftest.py") else "test_page.py"
        (folder / name).write_text(block)
        tests += block.count("def test_")
    assert tests >= 10
    ended = run_pytest(".", "--import-mode=importlib", "--rootdir", str(tmp_path), str(tmp_path))
    assert f"{tests} passed" in ended.stdout, ended.stdout
