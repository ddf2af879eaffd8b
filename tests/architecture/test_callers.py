"""What the product offers, the product uses: nothing is kept alive by its test alone.

A function or class counts as used when another part of the product names it: by its import, by a
dotted path in a text, or because a decorator hands it to a framework. What `linkstar` itself and
its statistics offer is for notebooks and programs of others.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
FOR_OTHERS = ("linkstar.load", "linkstar.uplift", "linkstar.stats.")
HANDED_OVER = {
    "every", "job",  # the queue
    "router.delete", "router.get", "router.patch", "router.post",
    "register.filter", "register.inclusion_tag", "register.simple_tag",
}  # fmt: skip
FOUND_BY_DJANGO = {"apps", "base", "models"}
"""Modules Django looks into by their names; `base` is the one of a database."""
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def modules() -> dict[str, ast.Module]:
    """Every module by its dotted name; a package is named as its folder."""
    paths = [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]
    return {
        ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): (
            ast.parse(path.read_text())
        )
        for path in paths
    }


def imported(tree: ast.Module) -> dict[str, str]:
    """Each name of a module that comes from elsewhere, with what it stands for."""
    return {
        (alias.asname or alias.name): f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def named_in(node: ast.AST) -> Iterator[str]:
    """Everything the code of a node names, as it is written there."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name | ast.Attribute):
            yield ast.unparse(part)
        elif isinstance(part, ast.Constant) and str(part.value).startswith("linkstar."):
            yield part.value


def is_handed_over(node: Definition) -> bool:
    return any(ast.unparse(each).partition("(")[0] in HANDED_OVER for each in node.decorator_list)


def unused() -> set[str]:
    trees = modules()
    defined = {
        f"{module}.{node.name}": node
        for module, tree in trees.items()
        for node in tree.body
        if isinstance(node, Definition) and not node.name.startswith("_")
    }
    names = {module: imported(tree) for module, tree in trees.items()}

    def meant(module: str, written: str) -> str:
        """What a name written in a module is called where it is defined."""
        first, _, rest = written.partition(".")
        dotted = names[module].get(first, f"{module}.{first}")
        if dotted.startswith("linkstar.") and written.startswith("linkstar."):
            dotted, rest = written, ""
        full = f"{dotted}.{rest}" if rest else dotted
        package, _, name = full.rpartition(".")
        return names.get(package, {}).get(name, full)

    users = defaultdict(set)
    for module, tree in trees.items():
        for node in tree.body:
            if not isinstance(node, ast.Import | ast.ImportFrom):
                user = f"{module}.{getattr(node, 'name', '')}"
                for written in named_in(node):
                    users[meant(module, written)].add(user)
    return {
        name
        for name, node in defined.items()
        if not users[name] - {name}
        and not is_handed_over(node)
        and not name.startswith(FOR_OTHERS)
        and name.split(".")[-2] not in FOUND_BY_DJANGO
    }


def test_nothing_is_used_by_its_test_alone() -> None:
    assert unused() == set()
