//! Numbers as people write them.

use cuaderno_display::thousands;

/// A number with thousands separators and as many decimals as asked: `1234567.5` with 1 is `1,234,567.5`.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), thousands);
    let point = if fraction.is_empty() { "" } else { "." };
    let number = format!("{whole}{point}{fraction}");
    // A rounded zero has no sign.
    if value < 0.0 && number.chars().any(|c| matches!(c, '1'..='9')) { format!("\u{2212}{number}") } else { number }
}

/// About four significant digits, no trailing zeros; powers of ten where digits would be unreadable.
pub(crate) fn short(value: f64) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "missing".into()
        } else if value > 0.0 {
            "∞".into()
        } else {
            "\u{2212}∞".into()
        };
    }
    let size = value.abs();
    if size == 0.0 {
        return "0".into();
    }
    if !(1e-4..1e9).contains(&size) {
        return scientific(value);
    }
    // Whole numbers stay whole; everything else gets four digits.
    let digits = 3 - libm::log10(size).floor() as i32;
    let decimals = if value.fract() == 0.0 { 0 } else { digits.clamp(0, 8) as usize };
    trim(&fixed(value, decimals))
}

/// How many decimals numbers need to be told apart beside one another: three digits of the largest, one of the least that is not
/// zero (two more at most), and no zeros that all of them end in.
pub(crate) fn decimals(values: impl Iterator<Item = f64>) -> usize {
    let values: Vec<f64> = values.filter(|value| value.is_finite() && *value != 0.0).map(f64::abs).collect();
    let largest = values.iter().copied().fold(0.0, f64::max);
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    if values.iter().all(|value| value.fract() == 0.0) || largest == 0.0 {
        return 0;
    }
    let place = |value: f64| libm::log10(value).floor() as i32;
    let enough = 2 - place(largest);
    let enough = enough.max((-place(least)).min(enough + 2)).clamp(0, 8) as usize;
    let ends_in_zero = |decimals: usize| values.iter().all(|value| fixed(*value, decimals).ends_with('0'));
    (1..=enough).rev().find(|decimals| !ends_in_zero(*decimals)).unwrap_or(0)
}

/// A number with these decimals, or as powers of ten where digits would be unreadable.
pub(crate) fn even(value: f64, decimals: usize) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e9).contains(&size) { short(value) } else { fixed(value, decimals) }
}

/// As [`short`], with anything far below `step` taken for zero.
pub(crate) fn short_or_zero(value: f64, step: f64) -> String {
    if value.abs() < step * 1e-6 { "0".into() } else { short(value) }
}

/// `1.5×10⁻⁷`
pub(crate) fn scientific(value: f64) -> String {
    let text = format!("{:.2e}", value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = trim(mantissa);
    let power = power_of_ten(exponent.parse().unwrap_or(0));
    let sign = if value < 0.0 { "\u{2212}" } else { "" };
    if mantissa == "1" { format!("{sign}{power}") } else { format!("{sign}{mantissa}×{power}") }
}

/// `10⁻⁷`
pub(crate) fn power_of_ten(exponent: i32) -> String {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let mut power = "10".to_owned();
    power.extend(exponent.to_string().chars().map(|c| match c {
        '-' => '⁻',
        digit => RAISED[digit.to_digit(10).unwrap_or(0) as usize],
    }));
    power
}

/// Without zeros at the end of the decimals.
fn trim(text: &str) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(fixed(1234567.5, 1), "1,234,567.5");
        assert_eq!(fixed(-999.0, 0), "−999");
        assert_eq!(fixed(-0.001, 1), "0.0");
        assert_eq!(thousands(5932), "5,932");
    }

    #[test]
    fn numbers_beside_one_another_have_the_same_decimals() {
        let written = |values: &[f64]| {
            let decimals = decimals(values.iter().copied());
            values.iter().map(|value| even(*value, decimals)).collect::<Vec<_>>()
        };
        assert_eq!(written(&[70.97, 4.861, 0.6944]), ["71.0", "4.9", "0.7"]);
        assert_eq!(written(&[0.9, 0.92, 0.6, 0.61]), ["0.90", "0.92", "0.60", "0.61"]);
        assert_eq!(written(&[1.0, -0.001719, 0.5]), ["1.000", "−0.002", "0.500"]);
        assert_eq!(written(&[5932.0, 4063.0, 0.0]), ["5,932", "4,063", "0"]);
        assert_eq!(written(&[0.5, 1.5]), ["0.5", "1.5"]);
        assert_eq!(written(&[f64::NAN, 1e-7, 12.0])[2], "12");
    }

    #[test]
    fn short_numbers_keep_four_digits() {
        assert_eq!(short(0.123456), "0.1235");
        assert_eq!(short(23.81), "23.81");
        assert_eq!(short(123456.0), "123,456");
        assert_eq!(short(1e-7), "10⁻⁷");
        assert_eq!(short(-2.5e12), "−2.5×10¹²");
        assert_eq!(short(f64::NAN), "missing");
    }
}
