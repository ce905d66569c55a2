"""Tables as files: CSV, XLSX and PDF from the same columns and rows, with real types.

    with open_sheet(path, "xlsx", sheet) as file:
        file.add(rows)

Nothing of a file is held in memory but the rows at hand. The libraries behind XLSX and PDF are loaded when
the first such file is written, never at start-up.
"""

from arus_runtime.sheets.port import Column, File, Format, Row, Sheet, guarded
from arus_runtime.sheets.saying import about, file_name
from arus_runtime.sheets.writing import open_sheet

__all__ = ["Column", "File", "Format", "Row", "Sheet", "about", "file_name", "guarded", "open_sheet"]
