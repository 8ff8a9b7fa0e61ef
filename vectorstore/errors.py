"""Every error that a user can cause or meet, under one root.

    ReportQAError
    ├── ReadingError          a file that cannot be read as a report
    ├── StoreError            the index on disk cannot be used
    │   ├── IndexMissing      there is none where one was expected
    │   ├── ForeignIndex      something is there, but not an index of this version
    │   ├── ModelMismatch     it was built with another embedding model
    │   ├── IndexBusy         another process is writing
    │   └── StoreUnavailable  the server that holds it cannot be used now
    ├── UnknownReport         a report id that the index does not hold
    ├── EmbeddingError        the embedding model cannot be loaded or used
    ├── QuestionError         a question that cannot be taken (too long, not text)
    ├── BatchError            a batch file or one of its lines is malformed
    └── ModelError            a language model cannot be fetched or used (in `qa`)

The message of each says what was found, what was expected, and how to mend it.
The command line prints it alone, without a traceback, and exits with status 1.
"""


class ReportQAError(Exception):
    """Root of the errors that are shown to users as they are."""


class ReadingError(ReportQAError):
    """A file that cannot be read as a report."""


class StoreError(ReportQAError):
    """The index on disk cannot be used."""


class IndexMissing(StoreError):
    """No index where one was expected."""


class ForeignIndex(StoreError):
    """The folder holds something that is not an index of this version."""


class ModelMismatch(StoreError):
    """The index was built with another embedding model."""


class IndexBusy(StoreError):
    """Another process is writing."""


class StoreUnavailable(StoreError):
    """The server that holds the index is away, refuses us, or has lost it."""


class UnknownReport(ReportQAError):
    """A report id that the index does not hold."""


class EmbeddingError(ReportQAError):
    """The embedding model cannot be loaded or used."""


class QuestionError(ReportQAError):
    """A question that cannot be taken."""


class BatchError(ReportQAError):
    """A batch file, or one line of it, is malformed."""
