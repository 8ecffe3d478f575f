"""The shadow of the index: what AICCL and contexts say of units at lower resolutions, kept so that it is made once."""
