"""Running a piece of a test in a forked child, so that it can be killed."""

import os
import sys
import traceback
from collections.abc import Callable


def in_child(act: Callable[[], object]) -> int:
    """Run *act* in a forked child and give its exit status: 0, 1 after an exception (shown), or minus the signal that ended it."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            act()
            status = 0
        except BaseException:  # noqa: BLE001 - whatever it was, this process is not pytest
            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
