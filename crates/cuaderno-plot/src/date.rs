//! Steps of the calendar, for date axes and bins of dates. All times are UTC, in milliseconds since 1970.

use chrono::{DateTime, Datelike, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime};

const SECOND: i64 = 1000;
const DAY: i64 = 86_400 * SECOND;

/// A step from one tick, or one edge of a bin, to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Milliseconds(i64),
    /// Seven days from Monday to Monday, some number of times.
    Weeks(i64),
    Months(u32),
    Years(i32),
}

/// All steps that make sense to a reader, with their rough length.
const STEPS: [(Step, f64); 37] = {
    const fn seconds(n: i64) -> (Step, f64) {
        (Step::Milliseconds(n * SECOND), (n * SECOND) as f64)
    }
    const fn days(n: i64) -> (Step, f64) {
        (Step::Milliseconds(n * DAY), (n * DAY) as f64)
    }
    const fn weeks(n: i64) -> (Step, f64) {
        (Step::Weeks(n), (n * 7 * DAY) as f64)
    }
    const fn months(n: u32) -> (Step, f64) {
        (Step::Months(n), n as f64 * 30.44 * DAY as f64)
    }
    const fn years(n: i32) -> (Step, f64) {
        (Step::Years(n), n as f64 * 365.24 * DAY as f64)
    }
    [
        (Step::Milliseconds(1), 1.0),
        (Step::Milliseconds(10), 10.0),
        (Step::Milliseconds(100), 100.0),
        seconds(1),
        seconds(5),
        seconds(15),
        seconds(30),
        seconds(60),
        seconds(300),
        seconds(900),
        seconds(1800),
        seconds(3600),
        seconds(3 * 3600),
        seconds(6 * 3600),
        seconds(12 * 3600),
        days(1),
        days(2),
        weeks(1),
        weeks(2),
        months(1),
        months(2),
        months(3),
        months(6),
        years(1),
        years(2),
        years(5),
        years(10),
        years(20),
        years(50),
        years(100),
        years(200),
        years(500),
        years(1000),
        years(2000),
        years(5000),
        years(10_000),
        years(100_000),
    ]
};

impl Step {
    /// The shortest step of which at most `most` fit between two times.
    pub(crate) fn fitting(low: f64, high: f64, most: usize) -> Self {
        let wanted = (high - low) / most.max(1) as f64;
        STEPS.iter().find(|(_, length)| *length >= wanted).map_or(Step::Years(100_000), |(step, _)| *step)
    }

    /// Every step from the last at or before `low` to the first at or after `high`. Empty beyond what a calendar can name.
    pub(crate) fn edges(self, low: f64, high: f64) -> Vec<f64> {
        let mut edges = Vec::new();
        let Some(mut at) = self.floor(low) else { return edges };
        while edges.len() < 10_000 {
            edges.push(at.and_utc().timestamp_millis() as f64);
            if edges[edges.len() - 1] >= high {
                break;
            }
            let Some(next) = self.next(at) else { break };
            at = next;
        }
        edges
    }

    fn floor(self, ms: f64) -> Option<NaiveDateTime> {
        let at = time(ms)?;
        let midnight = |date: NaiveDate| date.and_time(NaiveTime::MIN);
        match self {
            Step::Milliseconds(step) => time((ms as i64).div_euclid(step) as f64 * step as f64),
            Step::Weeks(weeks) => {
                // 1970-01-05 was a Monday.
                let week = (ms as i64 - 4 * DAY).div_euclid(7 * DAY * weeks);
                time((week * 7 * DAY * weeks + 4 * DAY) as f64)
            }
            Step::Months(months) => {
                NaiveDate::from_ymd_opt(at.year(), at.month0() / months * months + 1, 1).map(midnight)
            }
            Step::Years(years) => NaiveDate::from_ymd_opt(at.year().div_euclid(years) * years, 1, 1).map(midnight),
        }
    }

    fn next(self, at: NaiveDateTime) -> Option<NaiveDateTime> {
        match self {
            Step::Milliseconds(step) => at.checked_add_signed(Duration::milliseconds(step)),
            Step::Weeks(weeks) => at.checked_add_signed(Duration::milliseconds(weeks * 7 * DAY)),
            Step::Months(months) => at.checked_add_months(Months::new(months)),
            Step::Years(years) => at.checked_add_months(Months::new(years as u32 * 12)),
        }
    }

    /// What this step is called: `1 month`, `6 h`.
    pub(crate) fn name(self) -> String {
        let (number, unit) = match self {
            Step::Milliseconds(ms) if ms % DAY == 0 => (ms / DAY, "day"),
            Step::Milliseconds(ms) if ms % (3600 * SECOND) == 0 => (ms / (3600 * SECOND), "hour"),
            Step::Milliseconds(ms) if ms % (60 * SECOND) == 0 => (ms / (60 * SECOND), "minute"),
            Step::Milliseconds(ms) if ms % SECOND == 0 => (ms / SECOND, "second"),
            Step::Milliseconds(ms) => (ms, "millisecond"),
            Step::Weeks(weeks) => (weeks, "week"),
            Step::Months(months) => (i64::from(months), "month"),
            Step::Years(years) => (i64::from(years), "year"),
        };
        if number == 1 { unit.to_owned() } else { format!("{number} {unit}s") }
    }

    /// The label of a tick, and below it what it is part of, where that differs from the tick before.
    pub(crate) fn label(self, ms: f64, before: Option<f64>) -> String {
        let Some(at) = time(ms) else { return String::new() };
        let (fine, coarse) = match self {
            Step::Years(_) => return at.year().to_string(),
            Step::Months(_) => ("%b", "%Y"),
            Step::Weeks(_) => ("%-d %b", "%Y"),
            Step::Milliseconds(step) if step >= DAY => ("%-d %b", "%Y"),
            Step::Milliseconds(step) if step >= 60 * SECOND => ("%H:%M", "%-d %b %Y"),
            Step::Milliseconds(step) if step >= SECOND => ("%H:%M:%S", "%-d %b %Y"),
            Step::Milliseconds(_) => ("%S%.3f", "%-d %b %Y %H:%M"),
        };
        let whole = at.format(coarse).to_string();
        let changed = before.and_then(time).is_none_or(|before| before.format(coarse).to_string() != whole);
        let fine = at.format(fine);
        if changed { format!("{fine}\n{whole}") } else { fine.to_string() }
    }
}

/// A moment as text: the day, and the time if it is not midnight.
pub(crate) fn text(ms: f64) -> String {
    match time(ms) {
        Some(at) if at.time() == NaiveTime::MIN => at.format("%Y-%m-%d").to_string(),
        Some(at) => at.format("%Y-%m-%d %H:%M").to_string(),
        None => "beyond the calendar".to_owned(),
    }
}

/// A moment in words, in UTC: `2016-11-08`, `2016-11-08 18:30`, `2016-11`, `2016`.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let text = text.trim().trim_end_matches('Z').replace('T', " ");
    // Years have four digits: chrono takes 19-3-1 for the year 19.
    let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
    let at = match text.split_once(' ') {
        Some((date, time)) => {
            let time = ["%H:%M", "%H:%M:%S", "%H:%M:%S%.f"]
                .into_iter()
                .find_map(|form| NaiveTime::parse_from_str(time.trim(), form).ok())?;
            day(date)?.and_time(time)
        }
        None => {
            let month = |text: &str| day(&format!("{text}-01"));
            day(&text).or_else(|| month(&text)).or_else(|| month(&format!("{text}-01")))?.and_time(NaiveTime::MIN)
        }
    };
    Some(at.and_utc().timestamp_millis() as f64)
}

fn time(ms: f64) -> Option<NaiveDateTime> {
    (ms.abs() < 8e15).then(|| DateTime::from_timestamp_millis(ms.floor() as i64)).flatten().map(|at| at.naive_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    // date -ud '2019-03-05 10:20' +%s -> 1551781200
    const MOMENT: f64 = 1_551_781_200_000.0;

    #[test]
    fn steps_begin_where_the_calendar_does() {
        let first = |step: Step| text(step.edges(MOMENT, MOMENT)[0]);
        assert_eq!(first(Step::Months(3)), "2019-01-01");
        assert_eq!(first(Step::Weeks(1)), "2019-03-04"); // a Monday
        assert_eq!(first(Step::Milliseconds(6 * 3600 * SECOND)), "2019-03-05 06:00");
        assert_eq!(first(Step::Years(5)), "2015-01-01");
    }

    #[test]
    fn a_year_is_shown_in_months() {
        let step = Step::fitting(MOMENT, MOMENT + 365.0 * DAY as f64, 12);
        assert_eq!(step, Step::Months(1));
        assert_eq!(step.label(MOMENT, None), "Mar\n2019");
        assert_eq!(step.label(MOMENT, Some(MOMENT)), "Mar");
    }

    #[test]
    fn moments_are_read_in_words() {
        assert_eq!(parse("2019-03-05 10:20"), Some(MOMENT));
        assert_eq!(parse("2019-03-05T10:20:00Z"), Some(MOMENT));
        assert_eq!(parse("2019-03").map(text).as_deref(), Some("2019-03-01"));
        assert_eq!(parse(" 1969 ").map(text).as_deref(), Some("1969-01-01"));
        for wrong in ["", "2019-02-30", "5 March 2019", "2019-03-05 25:00", "19-3"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn absurd_times_have_no_edges() {
        assert!(Step::Years(1).edges(1e300, 2e300).is_empty());
    }
}
