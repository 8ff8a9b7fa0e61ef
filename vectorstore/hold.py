"""Hold: a folder that is being read is not deleted by another process.

The operating system gives a hold back when its process ends, however it ends.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from types import ModuleType

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows deletes no file that is open
    fcntl = None


class Hold:
    """Keeps a folder from `delete_unheld` for as long as it is referred to."""

    _descriptor: int | None = None

    def __init__(self, folder: Path) -> None:
        """Hold a folder.

        Raises:
            OSError: it is missing.
        """
        if fcntl is None:
            folder.stat()
            return
        self._descriptor = os.open(folder, os.O_RDONLY)
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)
        folder.stat()  # it may have been deleted while the lock was waited for

    def __del__(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)


def delete_unheld(folder: Path) -> None:
    """Delete a folder, unless it is held: by another process, or by this one."""
    descriptor = None
    try:
        if fcntl is not None:
            descriptor = os.open(folder, os.O_RDONLY)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)  # as above
    else:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        if descriptor is not None:
            os.close(descriptor)
