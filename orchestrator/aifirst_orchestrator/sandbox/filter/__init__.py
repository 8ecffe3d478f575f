"""The filter of system calls: which calls, their numbers, and the program that the kernel runs."""
