"""Installs the wheel into a fresh environment, in a fresh folder, and runs the suites of the Python kit there.

    PYTHON run.py WHEEL [WORDS OF PYTEST…]

PYTHON has the packages of requirements.txt. Of the source tree, only the suites and the page of the manual are used.
"""

import pathlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parents[2] / "docs/kits/python.md"


def main(wheel, *words):
    with tempfile.TemporaryDirectory() as name:
        top = pathlib.Path(name)
        environment = top / "environment"
        for folder in ["home", "tmp"]:
            (top / folder).mkdir()
        variables = {
            "HOME": str(top / "home"),
            "TMPDIR": str(top / "tmp"),
            "PATH": f"{environment / 'bin'}:/usr/bin:/bin",
            "PIP_NO_INDEX": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        run = lambda *command: subprocess.run(command, env=variables, cwd=top, check=True)  # noqa: E731
        run(sys.executable, "-m", "venv", "--without-pip", str(environment))
        python = str(environment / "bin/python")
        run(
            sys.executable,
            "-m",
            "pip",
            "--python",
            python,
            "install",
            "-q",
            "--no-deps",
            str(pathlib.Path(wheel).resolve()),
        )
        # The other packages are those of the cache.
        (packages,) = environment.glob("lib/python*/site-packages")
        (packages / "cached.pth").write_text(sysconfig.get_path("purelib") + "\n")
        shutil.copytree(HERE, top / "suites")
        shutil.copy(PAGE, top / "suites/page.md")
        words = words or ["-q"]
        ended = subprocess.run(
            [python, "-m", "pytest", "-p", "no:cacheprovider", *words], env=variables, cwd=top / "suites"
        )
        left = [path.name for path in (top / "tmp").glob("az-communication*")]
        if left:
            sys.exit(f"These folders are left: {left}")
        return ended.returncode


sys.exit(main(*sys.argv[1:]))
