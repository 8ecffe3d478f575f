"""Shows both sides of what the shared checks compare."""

import pytest

pytest.register_assert_rewrite("language_checks")
