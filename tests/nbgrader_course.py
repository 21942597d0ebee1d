"""A course on disk, and students' submissions made from its release."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from clone import ROOT

ASSIGNMENTS = ROOT / "assignments"

# What a student may hand in: by the id of the solution cell, what stands in it. Cells that are not named keep the release's stub.
RIGHT = {
    "reddit": {
        "balanced": """fn balanced(posts: &DataFrame, seed: u64) -> Result<DataFrame, Box<dyn std::error::Error>> {
    Ok(downsample(posts, "class", seed)?)
}""",
        "capitals": """fn capitals(title: &str) -> usize {
    eprintln!("looking at {title}"); // left over from the search for a mistake
    title.bytes().filter(u8::is_ascii_uppercase).count()
}""",
        "loudest": """fn loudest(posts: &DataFrame, class: &str, n: usize) -> Result<DataFrame, Box<dyn std::error::Error>> {
    Ok(top_n(&posts.only("class", class)?, "author", n)?)
}""",
    },
    "tour": {
        "portion": """fn portion(posts: &DataFrame, class: &str) -> Result<f64, Box<dyn std::error::Error>> {
    Ok(posts.only("class", class)?.height() as f64 / posts.height() as f64)
}""",
        "liked": """fn liked(posts: &DataFrame, least: u32) -> Result<DataFrame, Box<dyn std::error::Error>> {
    let domains = posts.clone().lazy().filter(col("domain").is_not_null()).group_by([col("domain")]);
    let medians = domains.agg([len().alias("posts"), col("score").median()]).filter(col("posts").gt_eq(least));
    Ok(medians.sort(["score"], SortMultipleOptions::new().with_order_descending(true)).collect()?)
}""",
        "network": """cnn! { First: [3, 40, 40] => [
    conv2d(8, 3), relu, max_pool(2), conv2d(16, 3), relu, max_pool(2), flatten, dense(32), relu, dense(4), softmax,
] }""",
    },
    "cifar10": {
        "network": """cnn! { Beginner: [3, 32, 32] => [
    conv2d(32, 3), relu, max_pool(2), conv2d(64, 3), relu, max_pool(2), conv2d(64, 3), relu,
    flatten, dense(64), relu, dense(10),
] }""",
        "learn": """fn learn(train: &ImageSet, test: &ImageSet, epochs: usize, seed: u64) -> Result<History, nn::NetworkError> {
    let how = Fit::new().epochs(epochs).batch_size(32).optimizer(Optimizer::adam(1e-3)).seed(seed);
    Beginner::new(seed).fit(train, &how.validation(test))
}""",
        "gap": """fn gap(history: &History, epoch: usize) -> f64 {
    history.accuracy()[epoch - 1] - history.val_accuracy()[epoch - 1]
}""",
    },
}

# What goes wrong, by kind.
WRONG = {
    "reddit": {
        "balanced": {
            "wrong": """fn balanced(posts: &DataFrame, _: u64) -> Result<DataFrame, Box<dyn std::error::Error>> {
    Ok(posts.clone())
}""",
        },
        "capitals": {
            "wrong": "fn capitals(title: &str) -> usize {\n    title.len() + 1\n}",
            "half": "fn capitals(title: &str) -> usize {\n    if title.is_ascii() { title.len() / 7 * 2 } else { 9 }\n}",
            "does not compile": 'fn capitals(title: &str) -> usize {\n    title.chars().count("A")\n}',
            "endless": "fn capitals(title: &str) -> usize {\n    loop {}\n}",
        },
        "loudest": {
            "wrong": """fn loudest(posts: &DataFrame, _: &str, n: usize) -> Result<DataFrame, Box<dyn std::error::Error>> {
    Ok(top_n(posts, "author", n + 1)?)
}""",
            "panics": """fn loudest(posts: &DataFrame, class: &str, n: usize) -> Result<DataFrame, Box<dyn std::error::Error>> {
    let sizes = vec![n];
    Ok(top_n(&posts.only("class", class)?, "author", sizes[n])?)
}""",
        },
    },
    "tour": {
        "portion": {
            "in whole numbers": """fn portion(posts: &DataFrame, class: &str) -> Result<f64, Box<dyn std::error::Error>> {
    Ok((posts.only("class", class)?.height() / posts.height()) as f64)
}""",
            "panics": """fn portion(posts: &DataFrame, class: &str) -> Result<f64, Box<dyn std::error::Error>> {
    let share = posts.only("class", class)?.height() as f64 / posts.height() as f64;
    Ok(vec![share][posts.height()])
}""",
        },
        "liked": {
            "lowest first": RIGHT["tour"]["liked"].replace("descending(true)", "descending(false)"),
            "does not compile": RIGHT["tour"]["liked"].replace("gt_eq(least)", "at_least(least)"),
        },
        "network": {
            "other filters": RIGHT["tour"]["network"].replace("conv2d(8, 3)", "conv2d(9, 3)"),
            "does not fit": RIGHT["tour"]["network"].replace("flatten, ", ""),
        },
    },
}


class Course:
    """A folder as nbgrader wants it, with one assignment of `assignments/`."""

    def __init__(self, folder: Path, assignment: str):
        self.folder, self.assignment = folder, assignment
        shutil.copytree(ASSIGNMENTS / "source" / assignment, folder / "source" / assignment)
        shutil.copy(ASSIGNMENTS / "nbgrader_config.py", folder)
        self.nbgrader("generate_assignment", assignment, "--create")

    def nbgrader(self, *arguments, timeout=300):
        """Runs nbgrader as a person would; returns what it said."""
        command = [sys.executable, "-m", "nbgrader", *arguments]
        ran = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=timeout)
        assert ran.returncode == 0, ran.stderr[-4000:]
        return ran.stderr

    @property
    def release(self):
        return self.folder / "release" / self.assignment / f"{self.assignment}.ipynb"

    def submit(self, student, solutions):
        """Hands in the release with these solutions."""
        notebook = nbformat.read(self.release, as_version=4)
        for cell in notebook.cells:
            solution = solutions.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
            if solution is not None:
                cell.source = solution
        self.submit_notebook(student, notebook)

    def submit_notebook(self, student, notebook):
        place = self.folder / "submitted" / student / self.assignment
        place.mkdir(parents=True)
        nbformat.write(notebook, place / f"{self.assignment}.ipynb")

    def points(self, student):
        """Points of each test cell; written answers wait for a person."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.folder}/gradebook.db") as gradebook:
            notebook = gradebook.find_submission_notebook(self.assignment, self.assignment, student)
            return {grade.name: grade.auto_score for grade in notebook.grades if grade.name.endswith("-test")}


# As in an activated environment: nbgrader starts other programs by their names.
os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
