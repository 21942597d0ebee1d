"""The same work by hand: python -c PEERS polars|pandas comments posts. Prints seconds by the clock and of all processors, and the sum of all counts."""
import sys
import time

peer, comments, posts = sys.argv[1:]
patterns = ["!", "[A-Z]", "[0-9]", "[\U0001F300-\U0001F6FF]", "\U0001F1FA|\U0001F1F8"]
start, computed = time.perf_counter(), time.process_time()
if peer == "polars":
    import polars as pl

    table = pl.read_csv(comments, separator="\t", null_values=["NA"], infer_schema_length=10_000)
    print(table.describe(), file=sys.stderr)
    joined = table.drop_nulls().join(pl.read_csv(posts, separator="\t"), left_on="submission_id", right_on="id", how="left")
    counts = joined.select(pl.col("body").str.count_matches(p).cast(pl.UInt64).sum().alias(str(i)) for i, p in enumerate(patterns))
    total = sum(counts.row(0))
else:
    import pandas as pd

    table = pd.read_csv(comments, sep="\t", keep_default_na=False, na_values=["", "NA"])
    print(table.describe(include="all"), file=sys.stderr)
    joined = table.dropna().merge(pd.read_csv(posts, sep="\t"), left_on="submission_id", right_on="id", how="left")
    total = sum(int(joined["body"].str.count(pattern).sum()) for pattern in patterns)
print(time.perf_counter() - start, time.process_time() - computed, total)
