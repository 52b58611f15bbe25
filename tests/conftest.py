"""Before all else: NumPy gets one thread, as the workers have, or the last bits may differ from theirs."""

import charrnn  # noqa: F401
