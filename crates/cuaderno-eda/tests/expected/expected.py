"""What the tests of this crate expect, computed by pandas, scipy and regex instead of by the crate.

    pip install pandas==3.1.1 scipy regex
    python expected.py ../../../../data/reddit > sample.json
    python expected.py $CUADERNO_DATA/reddit > real.json

Only counts and statistics are written, so that the second file holds nothing of the real data.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import regex
from scipy import stats

R_MISSING = ["", "NA"]  # what R's read_tsv takes for missing
SHARES = [[0.6, 0.2, 0.2], [0.7, 0.15, 0.15], [0.5, 0.0, 0.5]]
FEATURES = {
    "exclamations": r"!",
    "capitals": r"[A-Z]",
    "digits": r"[0-9]",
    "emojis": "[\U0001F300-\U0001F6FF]",
    "flag_letters": "\U0001F1FA|\U0001F1F8",
    "words": r"\S+",
    "length": r"(?s).",
}
# Unicode Technical Standard #51, 1.4.9: what may be an emoji; then what of it is one by default or by its signs.
POSSIBLE = regex.compile(
    r"\p{Regional_Indicator}\p{Regional_Indicator}"
    r"|\p{Emoji}(?:\p{Emoji_Modifier}|\uFE0F\u20E3?|[\U000E0020-\U000E007E]+\U000E007F)?"
    r"(?:\u200D(?:\p{Regional_Indicator}\p{Regional_Indicator}|\p{Emoji}(?:\p{Emoji_Modifier}|\uFE0F\u20E3?|[\U000E0020-\U000E007E]+\U000E007F)?))*"
)
SHOWN = regex.compile(r"\p{Regional_Indicator}\p{Regional_Indicator}|\p{Emoji_Presentation}(?!\uFE0E)|[^0-9#*]\uFE0F|\uFE0F\u20E3|\p{Emoji_Modifier}")


def unicode_emojis(text):
    return sum(1 for match in POSSIBLE.finditer(text) if SHOWN.match(match.group()) or SHOWN.search(match.group()))


def numbers(values):
    values = values.dropna()
    q = values.quantile([0, 0.25, 0.5, 0.75, 1]).tolist()
    return [q[0], q[1], q[2], values.mean(), q[3], q[4]]


def features(texts):
    texts = texts.dropna()
    found = {name: int(texts.str.count(pattern).sum()) for name, pattern in FEATURES.items()}
    found["unicode_emojis"] = int(texts.map(unicode_emojis).sum())
    return found


def top(values, n):
    """The most frequent, equal counts in the order of the values; of the names only a number that tells their order."""
    counts = values.value_counts().rename_axis("value").reset_index(name="count")
    first = counts.sort_values(["count", "value"], ascending=[False, True])
    cut, rest = first.head(n), first.iloc[n:]
    return {
        "counts": cut["count"].tolist(),
        "names": sum(place * sum(map(ord, name)) for place, name in enumerate(cut["value"], 1)),
        "ties_cut": int((rest["count"] == cut["count"].iloc[-1]).sum()),
    }


def split(sizes, shares):
    """Rows of each class in each part: the borders between the parts, to the nearest row, halves up."""
    borders = np.floor(np.outer(sizes, np.cumsum([0, *shares])) + 0.5).astype(int)
    return dict(zip(sizes.index, np.diff(borders).tolist()))


def posts(path):
    table = pd.read_csv(path, sep="\t", keep_default_na=False, na_values=R_MISSING)
    table["class"] = table["2_way_label"].map(lambda label: "Disinformation" if label == 0 else "Other")
    created_at = pd.to_datetime(table["created_utc"], unit="s")
    disinformation = table[table["class"] == "Disinformation"]
    numeric = ["num_comments", "score", "upvote_ratio", "2_way_label", "3_way_label", "6_way_label"]
    classes = table.groupby("class")
    score = table["score"].groupby(table["class"])
    interval = {
        name: [
            int(values.count()),
            values.mean(),
            values.std(),
            *stats.t.interval(0.95, values.count() - 1, values.mean(), values.sem()),
        ]
        for name, values in score
    }
    words = table["title"].str.lower().map(lambda title: regex.findall(r"(?w)\b\w+(?:['’.]\w+)*\b", title)).explode()
    return {
        "rows": len(table),
        "missing": {name: int(count) for name, count in table.isna().sum().items() if count},
        "class": {name: int(count) for name, count in table["class"].value_counts().items()},
        "numbers": {name: numbers(table[name]) for name in numeric},
        "hasImage": [int((table["hasImage"] == False).sum()), int((table["hasImage"] == True).sum())],  # noqa: E712
        "created_at": [str(created_at.min()), str(created_at.max())],
        "upsampled": classes.sample(n=int(classes.size().max()), replace=True).value_counts("class").sort_index().tolist(),
        "downsampled": classes.sample(n=int(classes.size().min())).value_counts("class").sort_index().tolist(),
        "split": [{"shares": shares, "rows": split(classes.size(), shares)} for shares in SHARES],
        "top_authors": top(disinformation["author"], 25),
        "top_domains": top(disinformation["domain"], 25),
        "features": features(table["title"]),
        "pearson": table[numeric].corr().iloc[0].tolist(),
        "spearman": table[numeric].corr(method="spearman").iloc[0].tolist(),
        "score_by_class": interval,
        "per_year": [int(count) for _, count in created_at.groupby(created_at.dt.year).count().items()],
        "word_the": int((words == "the").sum()),
    }


def comments(path, posts_path):
    if not path.exists():
        return None
    table = pd.read_csv(path, sep="\t", keep_default_na=False, na_values=R_MISSING)
    table_posts = pd.read_csv(posts_path, sep="\t", keep_default_na=False, na_values=R_MISSING)
    joined = table_posts.merge(table, how="left", left_on="id", right_on="submission_id", suffixes=(".publication", ".comment"))
    complete = table.dropna()
    return {
        "rows": len(table),
        "isTopLevel": [
            int((table["isTopLevel"] == False).sum()),  # noqa: E712
            int((table["isTopLevel"] == True).sum()),  # noqa: E712
            int(table["isTopLevel"].isna().sum()),
        ],
        "ups": numbers(table["ups"]),
        "ups_missing": int(table["ups"].isna().sum()),
        "complete": len(complete),
        "features": features(complete["body"]),
        "joined": len(joined),
        "joined_without": int(joined["submission_id"].isna().sum()),
    }


folder = Path(sys.argv[1])
train = folder / "multimodal_train.tsv"
print(json.dumps({"posts": posts(train), "comments": comments(folder / "all_comments.tsv", train)}, indent=1))
