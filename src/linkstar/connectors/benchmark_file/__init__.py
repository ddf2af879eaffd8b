"""Benchmark figures somebody else counted, with their source."""

from linkstar.connectors.benchmark_file.layout import BENCHMARK

LAYOUTS = (BENCHMARK,)
