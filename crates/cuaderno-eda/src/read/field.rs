//! The columns a file must have, and how one field becomes a value.

use polars::prelude::{DataType, Schema};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any UTF-8 text.
    Text,
    /// As [`Text`](Kind::Text), without the blanks around it.
    Trimmed,
    /// `True` and `False` in any of the spellings R's `read_tsv` knows.
    Logical,
    /// Whole numbers.
    Whole,
    /// Numbers.
    Real,
    /// Seconds since 1970; what is no time of the years 1 to 9999 (NaN, an infinity, 1e20) is missing.
    Seconds,
}

/// A column by name and kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'n> {
    pub name: &'n str,
    pub kind: Kind,
}

impl<'n> Field<'n> {
    pub const fn new(name: &'n str, kind: Kind) -> Self {
        Self { name, kind }
    }
}

/// These fields as polars knows them.
pub(super) fn schema(fields: &[Field<'_>]) -> Schema {
    fields.iter().map(|field| (field.name.into(), field.kind.dtype())).collect()
}

impl Kind {
    pub fn dtype(self) -> DataType {
        match self {
            Kind::Text | Kind::Trimmed => DataType::String,
            Kind::Logical => DataType::Boolean,
            Kind::Whole => DataType::Int64,
            Kind::Real | Kind::Seconds => DataType::Float64,
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Kind::Text | Kind::Trimmed => "text in UTF-8",
            Kind::Logical => "True or False",
            Kind::Whole => "a whole number",
            Kind::Real | Kind::Seconds => "a number",
        }
    }

    /// The value of one field, or what is wrong with it: `"abc", not a whole number`.
    pub fn parse(self, bytes: &[u8]) -> Result<Option<Value<'_>>, String> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            let text: String = String::from_utf8_lossy(bytes).chars().take(40).collect();
            return Err(format!("\"{text}\", not {}", Kind::Text.noun()));
        };
        if is_missing(text) {
            return Ok(None);
        }
        let is_text = matches!(self, Kind::Text | Kind::Trimmed);
        let trimmed = if is_text { text } else { text.trim() };
        // A number of nothing but spaces of another kind, as web pages write them, is none.
        if !is_text && trimmed.is_empty() {
            return Ok(None);
        }
        let value = match self {
            Kind::Text => Some(Value::Text(text)),
            Kind::Trimmed => Some(Value::Text(text.trim_matches(BLANKS))),
            Kind::Logical => logical(trimmed).map(Value::Logical),
            Kind::Whole => whole(trimmed).map(Value::Whole),
            Kind::Real => trimmed.parse().ok().map(Value::Real),
            Kind::Seconds => match trimmed.parse() {
                Ok(seconds) if !is_time(seconds) => return Ok(None),
                seconds => seconds.ok().map(Value::Real),
            },
        };
        value.map(Some).ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            format!("\"{}\", not {}", shown.escape_debug(), self.noun())
        })
    }
}

/// Whether these seconds since 1970 lie in the years 1 to 9999, beyond which calendars and polars do not follow.
pub(super) fn is_time(seconds: f64) -> bool {
    (-62_135_596_800.0..253_402_300_800.0).contains(&seconds)
}

/// What R's `read_tsv` trims; a no-break space is text.
pub(super) const BLANKS: [char; 2] = [' ', '\t'];

/// Whether R's `read_tsv` takes this field for missing: it trims blanks, then compares with nothing and `NA`, in
/// quotes or not.
pub(crate) fn is_missing(text: &str) -> bool {
    // Nearly every field is told by its first and last byte.
    let plain = |byte: &u8| byte.is_ascii_graphic();
    match text.as_bytes() {
        [first, _, .., last] if plain(first) && plain(last) => text == "NA",
        _ => matches!(text.trim_matches(BLANKS), "" | "NA"),
    }
}

fn logical(text: &str) -> Option<bool> {
    match text {
        "True" | "TRUE" | "true" | "T" | "t" | "1" => Some(true),
        "False" | "FALSE" | "false" | "F" | "f" | "0" => Some(false),
        _ => None,
    }
}

/// Whole numbers, also as pandas writes them in a column with missing values: `12.0`.
fn whole(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| {
        let real: f64 = text.parse().ok()?;
        // Beyond 2^53 a float no longer says which whole number it stands for.
        (real.fract() == 0.0 && real.abs() < 9_007_199_254_740_992.0).then_some(real as i64)
    })
}

/// A parsed field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    Logical(bool),
    Whole(i64),
    Real(f64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_as_r_sees_it() {
        for text in ["", "NA", " ", " NA ", "\t"] {
            assert_eq!(Kind::Text.parse(text.as_bytes()), Ok(None), "{text:?}");
        }
        // readr 2.1.4: read_tsv(I("x\n\u00a0\n"), col_types = "c") keeps the no-break space
        for text in ["nan", "null", "None", "N/A", "0", "\u{a0}", "\u{3000}", "\u{c}"] {
            assert_eq!(Kind::Text.parse(text.as_bytes()), Ok(Some(Value::Text(text))));
        }
    }

    #[test]
    fn values_of_each_kind() {
        assert_eq!(Kind::Whole.parse(b"12"), Ok(Some(Value::Whole(12))));
        assert_eq!(Kind::Whole.parse(b"12.0"), Ok(Some(Value::Whole(12))));
        assert_eq!(Kind::Whole.parse(b"-9432"), Ok(Some(Value::Whole(-9432))));
        assert_eq!(Kind::Real.parse(b"0.84"), Ok(Some(Value::Real(0.84))));
        for (text, truth) in [("True", true), ("t", true), ("f", false), ("F", false), ("0", false)] {
            assert_eq!(Kind::Logical.parse(text.as_bytes()), Ok(Some(Value::Logical(truth))), "{text}");
        }
        assert_eq!(Kind::Real.parse("\u{a0}".as_bytes()), Ok(None));
        assert_eq!(Kind::Text.parse(b" kept whole "), Ok(Some(Value::Text(" kept whole "))));
    }

    #[test]
    fn what_is_no_time_is_missing() {
        for text in ["NaN", "nan", "inf", "-inf", "1e20", "-9e15", "253402300800"] {
            assert_eq!(Kind::Seconds.parse(text.as_bytes()), Ok(None), "{text}");
        }
        for seconds in [-62_135_596_800.0, 0.0, 1_551_641_244.5, 253_402_300_799.0] {
            assert_eq!(Kind::Seconds.parse(seconds.to_string().as_bytes()), Ok(Some(Value::Real(seconds))));
        }
        assert!(Kind::Seconds.parse(b"yesterday").is_err());
    }

    #[test]
    fn wrong_values_are_quoted() {
        assert_eq!(Kind::Whole.parse(b"12.5"), Err("\"12.5\", not a whole number".into()));
        assert_eq!(Kind::Whole.parse(b"1e300"), Err("\"1e300\", not a whole number".into()));
        assert_eq!(Kind::Real.parse(b"a\tb"), Err("\"a\\tb\", not a number".into()));
        assert!(Kind::Text.parse(b"caf\xe9").is_err_and(|reason| reason.contains("UTF-8")));
    }
}
