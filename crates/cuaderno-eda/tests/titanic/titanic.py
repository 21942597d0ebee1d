"""Makes up people.csv, passengers of a ship, and expected.json, what pandas and scipy find in it: python titanic.py"""
import json, random
import pandas as pd
from scipy import stats

random.seed(1912)
rows = []
for number in range(1, 301):
    sex, pclass = random.choice(["male", "male", "female"]), random.choice([1, 2, 3, 3])
    survived = int(random.random() < (0.75 if sex == "female" else 0.2) + 0.1 * (2 - pclass))
    title = {"male": random.choice(["Mr", "Mr", "Master"]), "female": random.choice(["Mrs", "Miss"])}[sex]
    age = "" if random.random() < 0.2 else f"{max(0.5, random.gauss(30, 13)):.1f}"
    fare = f"{random.lognormvariate(4.2 - 0.9 * pclass + 1, 0.5):.2f}"
    rows.append((number, survived, pclass, f'"Name{number}, {title}. A."', sex, age, random.randrange(0, 5), fare, random.choice(["S", "S", "C", "Q", ""])))
with open("people.csv", "w") as file:
    file.write("PassengerId,Survived,Pclass,Name,Sex,Age,SibSp,Fare,Embarked\n")
    file.writelines(",".join(map(str, row)) + "\n" for row in rows)

t = pd.read_csv("people.csv")
t["Age"] = t["Age"].fillna(t.groupby(["Sex", "Pclass"])["Age"].transform("median"))
t["Title"] = t["Name"].str.extract(r", (\w+)\.")
bins = pd.qcut(t["Fare"], 4)
test = stats.ttest_ind(t.Fare[t.Survived == 0], t.Fare[t.Survived == 1], equal_var=False)
chi = stats.chi2_contingency(pd.crosstab(t.Sex, t.Survived))
line = stats.linregress(t.Age, t.Fare)
mean = t.groupby(["Sex", "Pclass"]).Survived.mean()
json.dump({
    "rows": len(t), "age_sum": t.Age.sum(), "titles": t.Title.value_counts().to_dict(),
    "mean": mean.tolist(), "bins": t.groupby(bins, observed=True).Survived.mean().tolist(),
    "cross": pd.crosstab(t.Sex, t.Survived).values.tolist(),
    "t": test.statistic, "t_p": test.pvalue, "chi": chi.statistic, "chi_p": chi.pvalue,
    "slope": line.slope, "slope_p": line.pvalue, "intercept": line.intercept,
    "correlation": t.Age.corr(t.Fare), "children": int((t.Age < 16).sum()),
    "share": t.Embarked.value_counts(normalize=True, dropna=False).max(),
}, open("expected.json", "w"), indent=1)
