"""Tables of the documentation, read for tests that compare them with what is true."""


def rows_below(text: str, header: str) -> list[list[str]]:
    """Return the cells of each row of the table whose first line begins with `header`."""
    table = text.partition(header)[2].partition("\n\n")[0]
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]
    ]
