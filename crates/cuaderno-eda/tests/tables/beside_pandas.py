"""Reads the random tables of `cargo xtask fuzz tables` with pandas, and compares them with what they hold.

    CUADERNO_FUZZ_SAVE=/tmp/tables cargo xtask fuzz tables --minutes=1
    pip install pandas polars zstandard
    python beside_pandas.py /tmp/tables

The fuzzer compares cuaderno's reader with the table that was written; this compares pandas' with the same table, so that the
writer and its notion of a malformed record are judged by someone else. pandas splits the text into fields; which fields are
missing, and what numbers, dates and truths are, follows the rules that readr documents, as in tables.py.
"""
import json, pathlib, sys
from datetime import date, datetime

import pandas as pd
import polars as pl

TYPES = {
    "Int64": int,
    "Float64": float,
    "Boolean": lambda text: {"true": True, "false": False}[text.lower()],
    "Date": date.fromisoformat,
    "Datetime(time_unit='us', time_zone=None)": datetime.fromisoformat,
    "String": str,
}


def fields(path, separator):
    """Rows of text as pandas splits them, without those of too many or too few fields; how many those are."""
    too_many = []
    how = dict(sep=separator, dtype=str, keep_default_na=False, encoding="utf-8-sig", engine="python", index_col=False)
    width = pd.read_csv(path, nrows=0, **how).shape[1]
    # With a header of its own pandas would cut a first record of too many fields.
    frame = pd.read_csv(path, header=None, names=range(width), on_bad_lines=lambda record: too_many.append(record), **how)[1:]
    # A field that is not there is NaN, an empty one is empty.
    short = frame.iloc[:, -1].isna()
    return frame[~short], len(too_many) + int(short.sum())


def value(text, kind):
    text = text.strip(" \t")
    return None if text in ("", "NA") else TYPES[kind](text)


def main(folder):
    tables = different = values = 0
    for about in sorted(pathlib.Path(folder).glob("*.json")):
        known = json.loads(about.read_text())
        path = next(about.parent.glob(f"{about.stem}.txt*"))
        table = pl.read_parquet(about.with_suffix(".parquet"))
        frame, malformed = fields(path, known["separator"])
        found = {
            column.name: [value(text, str(column.dtype)) for text in frame.iloc[:, place]]
            for place, column in enumerate(table.get_columns())
        } if len(frame) == table.height else {}
        tables += 1
        values += table.height * table.width
        if found != table.to_dict(as_series=False) or malformed != known["malformed"]:
            different += 1
            print(f"{path.name}: pandas has {len(frame)} rows and {malformed} malformed, written were {table.height} and {known['malformed']}")
    print(f"{tables} tables, {values} values, {different} tables different")
    sys.exit(different > 0 or tables == 0)


if __name__ == "__main__":
    main(sys.argv[1])
