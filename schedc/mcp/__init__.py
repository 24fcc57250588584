"""schedc for language models: its tools, its pages and its library over the Model Context Protocol.

A client can have policies checked, compiled, simulated and run in a virtual machine. Nothing here loads anything into
the kernel that the server runs on.
"""
