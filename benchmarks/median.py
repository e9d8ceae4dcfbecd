"""Prints the median of each result in a JMH file of single shots (-rf json -rff FILE)."""

import json
import pathlib
import statistics
import sys

for result in json.loads(pathlib.Path(sys.argv[1]).read_text()):
    times = [time for fork in result["primaryMetric"]["rawData"] for time in fork]
    parameters = " ".join(value for value in result.get("params", {}).values() if "/" not in value)
    print(
        f"ours {result['benchmark'].split('.')[-2]} {parameters}: median {statistics.median(times):.1f} ms, "
        f"min {min(times):.1f}, max {max(times):.1f}"
    )
