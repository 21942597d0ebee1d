//! Text that a front end formats: HTML, Markdown, LaTeX.

use crate::{MimeBundle, Rich};

/// A piece of HTML to show as it is.
#[derive(Clone, Debug)]
pub struct Html(pub String);

impl Rich for Html {
    fn mime_bundle(&self) -> MimeBundle {
        MimeBundle::text("[HTML]").with_html(&*self.0)
    }
}

/// A piece of Markdown: prose with numbers that were computed.
///
/// ```
/// use cuaderno_display::{Markdown, Rich};
///
/// let accuracy = 0.9067;
/// let sentence = Markdown(format!("The model is right in **{:.1} %** of all cases.", 100.0 * accuracy));
/// assert_eq!(sentence.mime_bundle().plain(), "The model is right in **90.7 %** of all cases.");
/// ```
#[derive(Clone, Debug)]
pub struct Markdown(pub String);

impl Rich for Markdown {
    fn mime_bundle(&self) -> MimeBundle {
        MimeBundle::text(&*self.0).with("text/markdown", &*self.0)
    }
}

/// A formula in LaTeX, with or without the dollar signs around it.
///
/// ```
/// use cuaderno_display::{Latex, Rich};
///
/// let loss = Latex(r"L = -\frac{1}{n} \sum_i \log p_{i, y_i}".to_owned());
/// assert_eq!(loss.mime_bundle().get("text/latex"), Some(r"$\displaystyle L = -\frac{1}{n} \sum_i \log p_{i, y_i}$"));
/// ```
#[derive(Clone, Debug)]
pub struct Latex(pub String);

impl Rich for Latex {
    fn mime_bundle(&self) -> MimeBundle {
        let formula = self.0.trim();
        let is_marked = formula.starts_with('$') || formula.starts_with("\\[") || formula.starts_with("\\begin");
        let marked = if is_marked { formula.to_owned() } else { format!("$\\displaystyle {formula}$") };
        MimeBundle::text(formula).with("text/latex", marked)
    }
}
