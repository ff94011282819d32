"""How large the vault is: `python -m tests.trust.size` counts the lines that hold code, and the statements.

A line that is blank, or holds nothing but a comment or a docstring, is not code.
"""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "src" / "depthwork" / "practice" / "vault"
TABLES = ("models.py",)
NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def code_lines(source: str) -> int:
    """Lines that hold code."""
    texts: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if _is_text(node):
            texts.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))  # type: ignore[attr-defined]
    held: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in NO_CODE:
            held.update(range(token.start[0], token.end[0] + 1))
    return len(held - texts)


def statements(source: str) -> int:
    """Statements other than imports and docstrings; a formatter that wraps a call does not change them."""
    nodes = ast.walk(ast.parse(source))
    return sum(
        isinstance(n, ast.stmt) and not isinstance(n, ast.Import | ast.ImportFrom) and not _is_text(n)
        for n in nodes
    )


def count(*, tables: bool = False) -> tuple[int, int]:
    """Code lines and statements of the vault, beside its key tables or with them."""
    files = [file for file in sorted(FOLDER.glob("*.py")) if tables or file.name not in TABLES]
    return sum(code_lines(file.read_text()) for file in files), sum(
        statements(file.read_text()) for file in files
    )


if __name__ == "__main__":
    for file in sorted(FOLDER.glob("*.py")):
        print(
            f"{file.name:16}{code_lines(file.read_text()):6} lines{statements(file.read_text()):6} statements"
        )
    for what, tables in (("beside tables", False), ("all", True)):
        lines, made = count(tables=tables)
        print(f"{what:16}{lines:6} lines{made:6} statements")
