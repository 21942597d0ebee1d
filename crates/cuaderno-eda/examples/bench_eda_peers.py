"""The same work by hand: python -c PEERS polars|'polars lazy'|duckdb|pandas comments posts. Prints seconds by the clock and of all
processors, the sum of all counts, of the joined rows and of their ups, and the peak memory in MB."""
import resource
import sys
import time

peer, comments, posts = sys.argv[1:]
patterns = ["!", "[A-Z]", "[0-9]", "[\U0001F300-\U0001F6FF]", "\U0001F1FA|\U0001F1F8"]
start, computed = time.perf_counter(), time.process_time()
if peer.startswith("polars"):
    import polars as pl

    options = dict(separator="\t", null_values=["NA"], infer_schema_length=10_000)
    counts = [pl.col("body").str.count_matches(p).cast(pl.UInt64).sum().alias(str(i)) for i, p in enumerate(patterns)]
    found = [pl.len().cast(pl.Int64), pl.col("ups").cast(pl.Int64).sum()]
    on = dict(left_on="id", right_on="submission_id", how="left")
    if peer == "polars":
        table = pl.read_csv(comments, **options)
        print(table.describe(), file=sys.stderr)
        complete = table.drop_nulls()
        total = sum(complete.select(counts).row(0)) + sum(pl.read_csv(posts, separator="\t").join(complete, **on).select(found).row(0))
    else:
        table = pl.scan_csv(comments, **options)
        print(table.describe(), file=sys.stderr)
        complete = table.drop_nulls()
        total = sum(complete.select(counts).collect(engine="streaming").row(0))
        total += sum(pl.scan_csv(posts, separator="\t").join(complete, **on).select(found).collect(engine="streaming").row(0))
elif peer == "duckdb":
    import duckdb

    duckdb.sql(f"CREATE TABLE comments AS FROM read_csv('{comments}', delim='\t', header=true, nullstr=['', 'NA'], quote='\"')")
    print(duckdb.sql("SUMMARIZE comments"), file=sys.stderr)
    duckdb.sql("CREATE VIEW complete AS FROM comments WHERE COLUMNS(*) IS NOT NULL")
    counts = " + ".join(f"len(regexp_extract_all(body, '{pattern}'))" for pattern in patterns)
    total = int(duckdb.sql(f"SELECT sum({counts}) FROM complete").fetchall()[0][0])
    joined = f"FROM read_csv('{posts}', delim='\t') AS post LEFT JOIN complete ON post.id = submission_id"
    total += sum(int(n) for n in duckdb.sql(f"SELECT count(*), sum(CAST(ups AS BIGINT)) {joined}").fetchall()[0])
else:
    import pandas as pd

    table = pd.read_csv(comments, sep="\t", keep_default_na=False, na_values=["", "NA"])
    print(table.describe(include="all"), file=sys.stderr)
    complete = table.dropna()
    total = sum(int(complete["body"].str.count(pattern).sum()) for pattern in patterns)
    joined = pd.read_csv(posts, sep="\t").merge(complete, left_on="id", right_on="submission_id", how="left")
    total += len(joined) + int(joined["ups"].sum())
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(time.perf_counter() - start, time.process_time() - computed, total, peak)
