"""The view of a run that stays in place in a terminal.

`run_state.py` follows the events, `frame.py` says what is shown of them, `screen.py` brings that onto the terminal,
`keys.py` reads keys, `live_view.py` joins them.
"""
