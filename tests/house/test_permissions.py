"""Who may ask what is documented, and the page about it is current."""

from pathlib import Path

from cdt.graphql import describing

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"


def test_the_page_about_permissions_is_current() -> None:
    written_by = "from cdt.graphql.describing import as_markdown; print(as_markdown(), end='')"

    assert PAGE.read_text(encoding="utf-8") == describing.as_markdown(), (
        f'python -c "{written_by}" > docs/permissions.md'
    )
