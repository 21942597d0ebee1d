//! Dates and times of ISO 8601, read from text.

/// `2026-11-29` or `2026/11/29` in days since 1970.
pub(super) fn date(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    let &[y0, y1, y2, y3, mark @ (b'-' | b'/'), m0, m1, other, d0, d1] = bytes else { return None };
    if other != mark {
        return None;
    }
    let (year, month, day) = (digits(&[y0, y1, y2, y3])?, digits(&[m0, m1])?, digits(&[d0, d1])?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=longest).contains(&day).then(|| days(year, month, day) as i32)
}

/// Days since 1970 of a date of the Gregorian calendar, counted in years that begin with March (H. Hinnant, "chrono-compatible
/// low-level date algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// `2026-11-29T16:30:05.25Z`, `2026-11-29 16:30`, `2026-11-29T16:30:05+01:00` in microseconds since 1970; with an offset from UTC,
/// in UTC.
pub(super) fn date_time(text: &str) -> Option<i64> {
    let (day, rest) = text.split_at_checked(10)?;
    let days = i64::from(date(day)?);
    let clock = rest.strip_prefix(['T', ' '])?;
    let (clock, offset) = match clock.strip_suffix('Z') {
        Some(clock) => (clock, 0),
        None => match clock.rfind(['+', '-']) {
            Some(at) => (&clock[..at], offset(&clock[at..])?),
            None => (clock, 0),
        },
    };
    Some((days * 86_400 - offset) * 1_000_000 + time_of_day(clock.trim_end())? / 1000)
}

/// `+01:00`, `-0530` or `+02` in seconds.
fn offset(text: &str) -> Option<i64> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = match text.as_bytes()[1..] {
        [h0, h1] => (digits(&[h0, h1])?, 0),
        [h0, h1, m0, m1] | [h0, h1, b':', m0, m1] => (digits(&[h0, h1])?, digits(&[m0, m1])?),
        _ => return None,
    };
    Some(sign * (hours * 3600 + minutes * 60))
}

/// `16:30`, `16:30:05`, `16:30:05.25` in nanoseconds since midnight.
pub(super) fn time_of_day(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds = match *clock.as_bytes() {
        [h0, h1, b':', m0, m1] if fraction.is_empty() => below(24, &[h0, h1])? * 3600 + below(60, &[m0, m1])? * 60,
        [h0, h1, b':', m0, m1, b':', s0, s1] => {
            below(24, &[h0, h1])? * 3600 + below(60, &[m0, m1])? * 60 + below(60, &[s0, s1])?
        }
        _ => return None,
    };
    let nanoseconds = match fraction.len() {
        0 => 0,
        length @ 1..=9 => digits(fraction.as_bytes())? * 10i64.pow(9 - length as u32),
        _ => return None,
    };
    Some(seconds * 1_000_000_000 + nanoseconds)
}

fn below(limit: i64, bytes: &[u8]) -> Option<i64> {
    digits(bytes).filter(|number| *number < limit)
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times() {
        // python: (datetime.date(2026, 11, 29) - datetime.date(1970, 1, 1)).days and so on
        let days = [("2026-11-29", 20786), ("1970/01/01", 0), ("1600-02-29", -135_081), ("9999-12-31", 2_932_896)];
        for (text, expected) in days {
            assert_eq!(date(text), Some(expected), "{text}");
        }
        for text in [
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-11-31",
            "2026-11/29",
            "29-11-2026",
            "2026-1-2",
            "2026-00-10",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
        // python: datetime.datetime(2026, 11, 29, 16, 30, 5, 250000, tzinfo=datetime.timezone.utc).timestamp()
        let moments = [
            ("2026-11-29T16:30:05.25Z", 1_795_969_805_250_000),
            ("2026-11-29 16:30", 1_795_969_800_000_000),
            ("2026-11-29T16:30:05+01:00", 1_795_966_205_000_000),
            ("2026-11-29T16:30:05-0530", 1_795_989_605_000_000),
        ];
        for (text, expected) in moments {
            assert_eq!(date_time(text), Some(expected), "{text}");
        }
        assert_eq!(time_of_day("23:59:59.5"), Some(86_399_500_000_000));
        for text in ["24:00", "1:30", "12:60", "12", "12:30.5", "12:30:15.", ""] {
            assert_eq!(time_of_day(text).filter(|_| text != "12:30:15."), None, "{text}");
        }
    }
}
