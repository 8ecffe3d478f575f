"""From tickets to code that passes: one micro-operation at a time, each judged before the next stands on it."""
