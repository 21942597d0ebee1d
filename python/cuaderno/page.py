"""An executed notebook as a page to read: HTML in one file, which loads nothing from elsewhere."""

import base64
import copy
import re
from dataclasses import dataclass
from html import escape

from jinja2 import DictLoader, pass_context
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from traitlets.config import Config

# Outputs without a number stand below each other and those that have one.
# On paper nothing scrolls: figures shrink to the page, long lines of code are broken, cells and their figures stay whole. Names of columns are
# broken, too, where there are 5 columns or more; from 12 on even short ones.
STYLE = """<style>
.jp-OutputArea-prompt:empty { padding: var(--jp-code-padding); border: var(--jp-border-width) solid transparent; }
.jp-OutputArea-output svg, .jp-OutputArea-output img { max-width: 100%; height: auto; }
@media print {
  .jp-InputArea-editor pre, .jp-OutputArea-output pre { white-space: pre-wrap !important; overflow-wrap: anywhere; }
  .jp-OutputArea-output svg, .jp-OutputArea-output img { max-height: 95mm; object-fit: contain; object-position: left; }
  .jp-OutputArea-output, .jp-OutputArea-output div { overflow: visible !important; }
  .jp-OutputArea-output table { font-size: 80%; }
  .jp-OutputArea-output :is(th, td) { white-space: normal !important; padding: 0.2em 0.4em; }
  .jp-OutputArea-output td { overflow-wrap: anywhere; }
  .jp-OutputArea-output tr:has(> :nth-child(5)) > th { overflow-wrap: anywhere; min-width: 4.8em; }
  .jp-OutputArea-output tr:has(> :nth-child(12)) > :is(th, td) { min-width: 0; padding-inline: 0.15em; }
  .jp-Notebook .jp-CodeCell { break-inside: avoid; }
  .jp-InputArea, .jp-Cell-inputWrapper { break-after: avoid; }
  .jp-InputArea, .jp-OutputArea-output svg, .jp-OutputArea-output img, tr { break-inside: avoid; }
  h1, h2, h3 { break-after: avoid; }
}
details.code > summary { color: #777; cursor: pointer; font: 12px system-ui, sans-serif; }
details.code { flex: 1 1 auto; min-width: 0; }
nav.contents { margin: 0 0 2em calc(var(--jp-cell-prompt-width, 64px) + 12px); }
nav.contents ul { list-style: none; padding-left: 0; line-height: 1.6; } nav.contents .depth-1 { padding-left: 1.5em; } nav.contents .depth-2 { padding-left: 3em; }
</style>
"""

# What nbconvert's page loads from the network. Formulas are MathML here, a diagram in Mermaid stays text.
ELSEWHERE = r"""<script src="[^"]*/require[^"]*"></script>|<!-- Load mathjax -->.*?<!-- End of mathjax configuration -->"""
ELSEWHERE += r"""|<script type="module">(?:(?!</script>).)*mermaid(?:(?!</script>).)*</script>"""
FOLDED = {
    "report.html.j2": """{%- extends 'index.html.j2' -%}
{% block input %}<details class="code"><summary>code</summary>{{ super() }}</details>{% endblock %}"""
}
PICTURES = ["image/svg+xml", "image/png", "image/jpeg", "image/gif"]
LONGEST_ALT = 500


@dataclass
class Look:
    """What can be asked of a page: code shown, folded or left out, and a table of contents."""

    code: str = "shown"
    contents: bool = False


class Renderer(IPythonRenderer):
    """nbconvert's, with formulas as MathML, which browsers set by themselves."""

    def block_math(self, body):
        return mathml(body, "block")

    def inline_math(self, body):
        return mathml(body, "inline")

    def latex_environment(self, name, body):
        return mathml(body if name.startswith("equation") else f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")

    def _embed_image_or_attachment(self, src):
        # A cell that was copied may have left its picture behind: the words of the picture are there all the same.
        try:
            return super()._embed_image_or_attachment(src)
        except InvalidNotebook:
            return src


def mathml(tex: str, display: str) -> str:
    """A formula; its text where it is none that can be set."""
    from latex2mathml.converter import convert

    try:
        return convert(tex.strip(), display=display)
    except Exception:  # it has a dozen kinds, and others come through it
        return f"<code>{escape(tex.strip())}</code>"


def html(notebook, name, look=Look(), folder=""):
    """The page, everything in one file; `name` stands in the browser's tab if the notebook has no heading; pictures in prose are in `folder`."""
    config = Config({"HTMLExporter": {"embed_images": True, "exclude_input": look.code == "none"}})
    folded = {"extra_loaders": [DictLoader(FOLDED)], "template_file": "report.html.j2"} if look.code == "folded" else {}
    exporter = HTMLExporter(config=config, **folded)
    exporter.register_filter("markdown2html", prose)
    resources = {"metadata": {"name": title(notebook) or name, "path": str(folder)}}
    page, _ = exporter.from_notebook_node(described(notebook), resources)
    page = re.sub(ELSEWHERE, "", page, flags=re.DOTALL)
    page = page.replace("</head>", STYLE + "</head>", 1)
    return with_contents(page) if look.contents else page


@pass_context
def prose(context, source):
    """Prose as HTML, as nbconvert's filter of this name, but for formulas."""
    attachments = context.get("cell", {}).get("attachments", {})
    path = context.get("resources", {}).get("metadata", {}).get("path", "")
    renderer = Renderer(escape=False, attachments=attachments, embed_images=True, path=path)
    return MarkdownWithMath(renderer=renderer).render(source)


def with_contents(page: str) -> str:
    """The page with a list of its headings, each with a link to it, below the cell that begins with the title."""
    page, found = with_places_of_their_own(page)
    if found and found[0][0] == 1:
        found = found[1:]  # the title
    least = min((level for level, _, _ in found), default=0)
    items = "".join(f'<li class="depth-{level - least}"><a href="#{place}">{text}</a>' for level, place, text in found)
    cells = [match.start() for match in re.finditer(r'<div class="jp-Cell [^"]*jp-Notebook-cell', page)]
    if not items:
        return page
    first = "<h1" in page[cells[0] : cells[1]] if len(cells) > 1 else False
    place = cells[1] if first else cells[0]
    return f'{page[:place]}<nav class="contents" aria-label="Contents"><ul>{items}</ul></nav>{page[place:]}'


def with_places_of_their_own(page: str):
    """The page with another `id` for each heading, where several have the same text; level, `id` and text of each."""
    known, found = set(), []

    def renamed(heading):
        level, place, text = heading.groups()
        own, number = place, 2
        while own in known:
            own, number = f"{place}-{number}", number + 1
        known.add(own)
        found.append((int(level), own, re.sub("<[^>]*>", "", text.partition('<a class="anchor-link"')[0])))
        return heading[0].replace(f'id="{place}"', f'id="{own}"', 1).replace(f'href="#{place}"', f'href="#{own}"', 1)

    return re.sub(r'<h([123]) id="([^"]*)">(.*?)</h\1>', renamed, page, flags=re.DOTALL), found


def described(notebook):
    """The notebook with words on every figure for those who cannot see it, which nbconvert leaves out, and with formulas set."""
    notebook = copy.deepcopy(notebook)
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            kind = next((kind for kind in PICTURES if kind in data), None)
            if "text/html" in data:
                continue
            if kind is not None:
                data["text/html"] = picture(output, kind, number)
            elif "text/latex" in data:
                data["text/html"] = mathml(data["text/latex"].strip().strip("$"), "block")
    return notebook


def picture(output, kind: str, number: int) -> str:
    known = output.get("metadata", {}).get(kind, {})
    alt = known.get("alt") or " ".join(output.data.get("text/plain", "").split())[:LONGEST_ALT] or f"a figure of cell {number}"
    content = output.data[kind]
    content = base64.b64encode(content.encode()).decode() if kind.endswith("xml") else "".join(content.split())
    size = "".join(f' {name}="{known[name]}"' for name in ["width"] if name in known)
    return f'<img alt="{escape(alt)}"{size} src="data:{kind};base64,{content}">'


def title(notebook):
    """The first heading."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                if line.startswith("# "):
                    return line[2:].strip()
    return None
