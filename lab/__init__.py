"""The lab: the cluster that the stack built, as Linux networks under a real cluster engine.

Everything runs in namespaces of one process, its world. When that process ends, the kernel removes
the namespaces and ends what runs in them, so nothing is left behind (docs/lab.md).
"""
