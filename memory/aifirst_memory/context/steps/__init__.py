"""The steps that find units for a context, one a module; `rank` fuses what they found."""
