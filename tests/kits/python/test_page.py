"""The examples of docs/kits/python.md, and of the page that package registries show.

Each block is a test file, and a block for `conftest.py` belongs to the next one. The examples can import only what the page tells
a reader to install, because the environment of these suites has more packages.
"""

import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

PAGE = Path(__file__).parent / "page.md"


def installed_by(text):
    """Returns the distributions that the commands `pip install` of a page install, with all that they need."""
    commands = re.findall(r"pip install ((?:[\w-]+ ?)+)(?:$|`)", text, re.MULTILINE)
    found, left = {}, [name for names in commands for name in names.split()]
    assert left, "The page installs nothing."
    while left:
        name = left.pop()
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            # It is for another system, or for another version of Python.
            continue
        if found.setdefault(distribution.name.lower(), distribution) is distribution:
            needed = [text for text in distribution.requires or [] if "extra ==" not in text]
            left += [re.match(r"[\w.-]+", text).group() for text in needed]
    return found.values()


def write(blocks, top):
    """Writes test files, and returns how many tests they have."""
    folder, tests = top, 0
    for number, block in enumerate(blocks):
        if not (folder / "conftest.py").exists() or (folder / "test_page.py").exists():
            folder = top / str(number)
            folder.mkdir(parents=True)
        name = "conftest.py" if block.startswith("# conftest.py") else "test_page.py"
        (folder / name).write_text(block)
        tests += block.count("def test_")
    return tests


def run_with(distributions, folder, packages):
    """Runs pytest in a folder, with these distributions only."""
    packages.mkdir()
    for distribution in distributions:
        for name in {file.parts[0] for file in distribution.files if file.parts[0] not in ("..", "__pycache__")}:
            link = packages / name
            # Packages such as azure are parts of several distributions.
            if not link.exists():
                link.symlink_to(distribution.locate_file(name))
    # Without `site`, there are no other packages than these.
    command = [sys.executable, "-S", "-m", "pytest", "-p", "no:cacheprovider", "-q", "--import-mode=importlib"]
    environment = {**os.environ, "PYTHONPATH": str(packages)}
    return subprocess.run(
        [*command, "--rootdir", str(folder), str(folder)], cwd=folder, env=environment, capture_output=True, text=True
    )


def test_each_example_of_the_page_passes_with_what_the_page_installs(tmp_path):
    texts = [PAGE.read_text(), metadata.metadata("az-communication").get_payload()]
    blocks = [block for text in texts for block in re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)]
    tests = write(blocks, tmp_path / "tests")
    assert tests >= 10
    ended = run_with(installed_by(texts[0]), tmp_path / "tests", tmp_path / "packages")
    assert f"{tests} passed" in ended.stdout, ended.stdout + ended.stderr
