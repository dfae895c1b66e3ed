"""Benches: each figure a ratio against a baseline measured in the same run.

Machines are shared and noisy, so a figure is the median over several rounds, and each round measures the baseline
beside ours.
"""
