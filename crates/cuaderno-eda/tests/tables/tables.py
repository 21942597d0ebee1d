"""Writes messy tables, and what they hold by pandas 3 (or, where pandas guesses otherwise, by the rules that readr documents).

    python tables.py > tables.json

Each case: its name, the bytes (base64), the settings of the reader, the columns with type and values, the numbers of the
malformed records. pandas reads every field as text; types follow readr's documented guesses (vignette "column-types"), which
are written down here, apart from the reader: logical, whole, number, date, date-time, else text; "" and NA are missing; blanks
around values go.
"""
import base64, csv, gzip, io, json, re, sys
from datetime import date, datetime, timezone
import pandas as pd

CODE = re.compile(r"[-+]?0\d")
WHOLE = re.compile(r"[-+]?\d+$")
REAL = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$")


def typed(values, comma=False, missing=(), formats=()):
    there = [v for v in values if v is not None]
    if not there:
        return "bool", values
    for form in formats:
        try:
            return "date", [v and datetime.strptime(v, form).date().isoformat() for v in values]
        except ValueError:
            pass
    words = {"TRUE": True, "True": True, "true": True, "T": True, "t": True,
             "FALSE": False, "False": False, "false": False, "F": False, "f": False}
    if all(v in words for v in there):
        logical = [None if v is None else words[v] for v in values]
        if all(len(v) > 1 for v in there) or {True, False} <= set(logical):
            return "bool", logical
    if all(WHOLE.match(v) and not CODE.match(v) and abs(int(v)) < 2**63 for v in there):
        return "i64", [None if v is None else int(v) for v in values]
    point = (lambda v: v.replace(",", ".")) if comma else (lambda v: v)
    if all(REAL.match(point(v)) and not CODE.match(v) and not (comma and "." in v) for v in there):
        return "f64", [None if v is None else float(point(v)) for v in values]
    try:
        assert all(re.match(r"\d{4}-\d\d-\d\d$", v) for v in there)
        return "date", [v and date.fromisoformat(v).isoformat() for v in values]
    except (AssertionError, ValueError):
        pass
    try:
        assert all(re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", v) for v in there)
        moment = lambda v: datetime.fromisoformat(v).replace(tzinfo=datetime.fromisoformat(v).tzinfo or timezone.utc)
        return "datetime[μs]", [v and round(moment(v).timestamp() * 1e6) for v in values]
    except (AssertionError, ValueError):
        pass
    return "str", values


def case(name, text, *, end=".csv", encoding="utf-8", settings=None, comma=False, missing=(), formats=(), bad=0, names=None, **how):
    content = text if isinstance(text, bytes) else text.encode(encoding)
    packed = gzip.compress(content, mtime=0) if end.endswith(".gz") else content
    how = {"sep": ",", "skipinitialspace": False} | how
    frame = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, na_filter=False, encoding=encoding,
                        on_bad_lines="skip", engine="python", **how)
    columns = []
    for place in range(frame.shape[1]):
        clean = lambda v: None if not isinstance(v, str) or v.strip(" \t") in ("", "NA", *missing) else v.strip(" \t")
        values = [clean(v) for v in frame.iloc[:, place].tolist()]
        kind, values = typed(values, comma, missing, formats)
        name_of = names[place] if names else str(frame.columns[place]).strip()
        columns.append({"name": name_of, "type": kind, "values": values})
    return {"name": name, "end": end, "bytes": base64.b64encode(packed).decode(), "settings": settings or {}, "columns": columns, "malformed": bad}


CASES = [
    case("plain commas", "a,b,c\n1,x,2.5\n2,y,3\n"),
    case("tabs", "a\tb\n1\tx, y\n2\tz\n", end=".tsv", sep="\t"),
    case("semicolons and decimal commas", "city;mass;n\nLeón;3,75;1\nJaén;-0,5;2\n", sep=";", comma=True),
    case("bars", "a|b\n1|x\n2|y;z\n", sep="|"),
    case("blanks, as write.table has them", '"n" "text"\n1 "two words"\n2 "x"\n', end=".txt", sep=" "),
    case("row names of write.table", '"mpg" "cyl"\n"Mazda RX4" 21 6\n"Datsun 710" 22.8 4\n', sep=" ",
         names=["...1", "mpg", "cyl"], header=None, skiprows=1, end=".txt"),
    case("quotes with separators, quotes and line breaks", 'a,b\n"x, ""y""\nz",1\n"",2\n'),
    case("missing values", "a,b,c\n1,NA,\nNA,x,2\n3,,\n"),
    case("all missing", "a,b\n1,\n2,NA\n"),
    case("logical words", "a,b,c,d\nTRUE,T,F,yes\nfalse,F,F,no\n"),
    case("codes with zeros in front", "code,n\n08001,1\n00123,2\n"),
    case("large and small numbers", "a,b,c\n9223372036854775807,1e300,.5\n-9223372036854775807,-2.5E-7,5.\n"),
    case("whole numbers beyond 64 bits are numbers", "a\n9223372036854775808\n1\n"),
    case("dates and times", "d,t,w\n2026-11-29,2026-11-29T16:30:05.25Z,29/11/2026\n2024-02-29,2026-11-29 16:30:00,1/2/2026\n"),
    case("dates in the Spanish way", "d,n\n29/11/2026,1\n,2\n", settings={"dates": "%d/%m/%Y"}, formats=["%d/%m/%Y"]),
    case("no such date", "d\n2026-02-30\n2026-02-28\n"),
    case("windows line ends and a byte order mark", "a,b\r\n1,\"x\r\ny\"\r\n2,z\r\n", encoding="utf-8-sig"),
    case("no line end at the end", "a,b\n1,x\n2,y"),
    case("blank lines", "a,b\n\n1,x\n\n\n2,y\n\n", skip_blank_lines=True),
    case("blanks around values", "a, b , c\n 1, x ,2\n2 ,y , 3\n"),
    case("blanks before quotes", 'a,b\n1, "x, y"\n2, "z"\n', skipinitialspace=True),
    case("too many and too few fields", "a,b\n1,x\n2,y,z\n3\n4,w\n", bad=2),
    case("a separator at the end of each line", "a,b\n1,x,\n2,y,\n", names=["a", "b"], index_col=False),
    case("a name twice", "a,a,b\n1,2,3\n", names=["a...1", "a...2", "b"]),
    case("a name is missing", ",id\n0,x\n1,y\n", names=["...1", "id"]),
    case("no header", "1,2026-01-02\n2,2026-01-03\n", header=None, names=["X1", "X2"]),
    case("no header, though it looks like one", "a,1\nb,2\n", header=None, names=["X1", "X2"], settings={"header": False}),
    case("other values for missing", "a,b\n-,1\n2,-999\n", settings={"missing": ["-", "-999"]}, missing=("-", "-999")),
    case("windows-1252", "ciudad,precio\nLeón,“5 €”\nJaén,x\n", encoding="cp1252", settings={"latin1": True}),
    case("utf-16", "a,b\n1,ñ\n2,日本\n", encoding="utf-16"),
    case("quotes that are none", 'a\tb\n1\t5" pipe\n2\t"never closed\n3\t"so" she said\n4\tx\n', end=".tsv", sep="\t", quoting=csv.QUOTE_NONE),
    case("apostrophes for quotes", "a,b\n'x, y',1\nz,2\n", settings={"quote": "'"}, quotechar="'"),
    case("lines above the header", "Report of 2026\nmade by hand\na,b\n1,x\n2,y\n", settings={"skip": 2}, skiprows=2),
    case("packed", "a\tb\n" + "".join(f"{n}\tx{n}\n" for n in range(50)), end=".tsv.gz", sep="\t"),
    case("one column", "a\n1\n2\n"),
    case("no rows", "a,b\n"),
    case("a header with a line break", '"a\nb",c\n1,2\n'),
    case("names that polars takes for patterns", "*,^a$,a\n1,2,3\n4,5,6\n"),
]
# pandas fills records that are too short; they are malformed.
for c in CASES:
    if c["name"] == "too many and too few fields":
        for column in c["columns"]:
            del column["values"][1]
        c["columns"][0]["values"], c["columns"][1]["values"] = [1, 4], ["x", "w"]
json.dump(CASES, sys.stdout, ensure_ascii=False, indent=None, separators=(",", ":"))
