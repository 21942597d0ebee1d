"""Random cells over a few variables, beside a model of what a program would have: what is moved is gone, what is there has its newest value.

`CUADERNO_RANDOM_CELLS=2000 pytest tests/test_random_variables.py` tries more; a failure prints the cells of its notebook and the seed.
"""

import os
import random

from conversation import conversation

CELLS = int(os.environ.get("CUADERNO_RANDOM_CELLS", "24"))
SEED = int(os.environ.get("CUADERNO_RANDOM_SEED", "1"))
NAMES = "abcd"
SETUP = 'fn yes() -> bool { std::hint::black_box(true) }\nfn no() -> bool { std::hint::black_box(false) }'
FAIL = ['let n: i32 = "x".parse()?;', "return;", 'panic!("on purpose");', 'let v: Vec<i32> = vec![];\nlet n = v[0];', 'if yes() { return; }']


class Model:
    """The variables of a notebook: name to (value, whether it is `mut`)."""

    def __init__(self, chance):
        self.there, self.chance, self.count = {}, chance, 0

    def text(self):
        self.count += 1
        return f"t{self.count}"

    def live(self):
        return [name for name in NAMES if name in self.there]

    def statement(self, in_cell):
        """One statement that the compiler accepts here, and what it does to the variables. `in_cell` are the `mut` ones that this cell has made or used:
        a moved one of these may get a new value."""
        pick, live = self.chance.choice, self.live()
        mutable = [name for name in live if self.there[name][1]]
        name, new = pick(NAMES), self.text()
        kinds = ["make", "make", "make mut", "scope"]
        if live:
            kinds += ["drop", "move", "clone", "join", "maybe drop", "maybe keep", "use", "closure"]
        if mutable:
            kinds += ["push", "assign", "add", "loop", "maybe assign", "not assigned", "take"]
        if in_cell:
            kinds += ["assign anew"] * 2
        kind = pick(kinds)
        one = pick(live) if live else None
        var = pick(mutable) if mutable else None
        if kind in ("make", "make mut"):
            self.there[name] = (new, kind == "make mut")
            mutability = "mut " if kind == "make mut" else ""
            return f'let {mutability}{name} = String::from("{new}");', name
        if kind == "scope":
            return f'{{ let {name} = String::from("{new}"); drop({name}); }}', None
        if kind in ("drop", "maybe drop", "maybe keep", "closure"):
            del self.there[one]
            return {
                "drop": f"drop({one});",
                "maybe drop": f"if yes() {{ drop({one}); }}",
                "maybe keep": f"if no() {{ drop({one}); }}",
                "closure": f"let length = move || {one}.len();\nlength();",
            }[kind], None
        if kind == "move":
            value = self.there.pop(one)[0]
            self.there[name] = (value, False)
            return f"let {name} = {one};", name
        if kind == "clone":
            self.there[name] = (self.there[one][0], True)
            return f"let mut {name} = {one}.clone();", name
        if kind == "join":
            other = pick(live)
            self.there[name] = (self.there[one][0] + self.there[other][0], False)
            return f'let {name} = format!("{{{one}}}{{{other}}}");', name
        if kind == "use":
            return f"let length = {one}.len();", None
        if kind == "assign anew":
            name = pick(sorted(in_cell))
            self.there[name] = (new, True)
            return f'{name} = String::from("{new}");', name
        value = self.there[var][0]
        after, code = {
            "push": (value + "!", f"{var}.push('!');"),
            "assign": (new, f'{var} = String::from("{new}");'),
            "add": (value + "+", f'{var} = {var} + "+";'),
            "loop": (value + "ooo", f'for _ in 0..3 {{ {var} = {var} + "o"; }}'),
            "maybe assign": (new, f'if yes() {{ {var} = String::from("{new}"); }}'),
            "not assigned": (value, f'if no() {{ {var} = String::from("{new}"); }}'),
            "take": ("", f"let taken = std::mem::take(&mut {var});"),
        }[kind]
        self.there[var] = (after, True)
        return code, var

    def cell(self):
        """The text of a cell, and what ends it early, if anything does."""
        lines, in_cell = [], set()
        end = self.chance.random() < 0.3
        statements = self.chance.randint(1, 6)
        at = self.chance.randint(0, statements) if end else None
        kept, failure = None, None
        for number in range(statements):
            if number == at:
                failure = self.chance.choice(FAIL)
                lines.append(failure)
                kept = dict(self.there)
            code, name = self.statement(in_cell)
            lines.append(code)
            if name and self.there.get(name, ("", False))[1]:
                in_cell.add(name)
            in_cell -= {name for name in in_cell if name in self.there and not self.there[name][1]}
        if at == statements:
            failure = self.chance.choice(FAIL)
            lines.append(failure)
            kept = dict(self.there)
        if kept is not None:
            self.there = kept
        return "\n".join(lines), failure


def test_variables_are_what_a_program_would_have():
    tried, seed = 0, SEED
    while tried < CELLS:
        model, cells = Model(random.Random(seed)), [SETUP]
        with conversation() as kernel:
            kernel.ok(SETUP)
            for _ in range(12):
                earlier = dict(model.there)
                code, ends = model.cell()
                fails = ends is not None and "return" not in ends
                cells.append(code)
                before = f"seed {seed}:\n" + "\n---\n".join(cells)
                cell = kernel.run(code)
                assert (cell.status == "error") == fails, f"{before}\n{cell.reply}"
                assert not fails or not cell.reply["ename"].startswith("error["), f"{before}\n{cell.reply}"
                # Where a cell ends early, what it has made before is kept if it can be; if not, it is missing, but never an older value.
                for name in [name for name in model.live() if ends and model.there[name] is not earlier.get(name)]:
                    found = kernel.run(name)
                    if found.status == "error" and "there is no variable" in found.reply["evalue"]:
                        del model.there[name]
                live = model.live()
                if live:
                    shown = "|".join(f"{{{name}}}" for name in live)
                    found = kernel.run(f'format!("{shown}")')
                    expected = "|".join(model.there[name][0] for name in live)
                    assert found.status == "ok" and found.result == f'"{expected}"', f"{before}\nexpected {model.there}, found {found.result} {found.reply}"
                gone = [name for name in NAMES if name not in live]
                if gone:
                    name = model.chance.choice(gone)
                    found = kernel.run(name)
                    assert found.status == "error", f"{before}\n{name} is gone, found {found.result}"
                tried += 1
        seed += 1
