"""The models of this machine: which are here, which are known, which fit its memory, and how one is fetched."""
