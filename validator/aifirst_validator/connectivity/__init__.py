"""Token connectivity: does what the specification, ticket and comments say come back in the code?"""
