"""Data to train and measure on: what a sample is, the folder that samples are kept in, and the steps that make one."""
