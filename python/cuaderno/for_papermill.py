"""papermill with notebooks in Rust: `papermill in.ipynb out.ipynb -p epochs 3`, and `--help-notebook`.

papermill imports this by an entry point of the group `papermill.engine`; it has none for translators of parameters, and tells those only the
values. The types are in the notebook, which an engine sees before: ours is papermill's own, and remembers the declarations.
"""

from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillException
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators

from cuaderno.parameters import declared, literal


class Engine(NBClientEngine):
    """papermill's engine; before it is asked for parameters, it has seen what the notebook declares."""

    seen = {}

    @classmethod
    def nb_language(cls, nb, language=None):
        tagged = (cell for cell in nb.cells if "parameters" in cell.metadata.get("tags", []))
        Engine.seen = declared(next((cell.source for cell in tagged), ""))
        return super().nb_language(nb, language)


class RustTranslator(Translator):
    @classmethod
    def codify(cls, parameters, comment="Parameters"):
        """A cell that sets parameters, with the types that the notebook declares."""
        return "\n".join([f"// {comment}", *(cls.line(name, value) for name, value in parameters.items())]) + "\n"

    @classmethod
    def line(cls, name, value):
        found = Engine.seen.get(name)
        try:
            return f"{found['head'].rstrip() if found else f'let {name}'} = {literal(value, found)};"
        except TypeError as problem:
            raise PapermillException(f"parameter `{name}`: {problem}") from None

    @classmethod
    def inspect(cls, parameters_cell):
        """What `--help-notebook` shows."""
        found = declared(parameters_cell.source).values()
        return [Parameter(one["name"], one["type"] or "None", one["value"], one["help"] or "") for one in found]


for language in ["rust", "cuaderno"]:
    papermill_translators.register(language, RustTranslator)
# The engine that papermill takes where none is named.
for name in [None, "nbclient"]:
    papermill_engines.register(name, Engine)
