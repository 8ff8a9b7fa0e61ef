"""One module for each kind of file: `text_of(data, name)` gives the text of its bytes.

A paragraph of the file is a line of the text; a row of a table is one line with tabs
between its cells. `name` is the file's, for messages. What cannot be read raises a
`ReadingError`. The modules are imported when a file of their kind is met, so that
nobody waits for libraries that are not needed.
"""
