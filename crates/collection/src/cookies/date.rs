//! Dates of cookies: RFC 6265, 5.1.1, which reads nearly everything that servers write.

/// Microseconds since the epoch; `None` for what is no date. Earlier than 1970 is 0.
pub(super) fn parse(text: &str) -> Option<i64> {
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for token in text.split(is_delimiter).filter(|token| !token.is_empty()) {
        if time.is_none()
            && let Some(found) = clock(token)
        {
            time = Some(found);
        } else if day.is_none()
            && let Some(found) = number(token, 1, 2)
        {
            day = Some(found);
        } else if month.is_none()
            && let Some(found) = month_of(token)
        {
            month = Some(found);
        } else if year.is_none()
            && let Some(found) = number(token, 2, 4)
        {
            year = Some(found);
        }
    }
    let ((hour, minute, second), day, month) = (time?, day?, month?);
    let year = match year? {
        short @ 70..=99 => short + 1900,
        short @ 0..=69 => short + 2000,
        full => full,
    };
    if !(1..=31).contains(&day) || year < 1601 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(seconds.max(0) * 1_000_000)
}

/// Everything between the tokens of a date.
fn is_delimiter(c: char) -> bool {
    !(c.is_ascii_alphanumeric() || c == ':' || u32::from(c) > 0x7e)
}

/// Digits at the start of a token, so many of them at least and at most.
fn number(token: &str, least: usize, most: usize) -> Option<i64> {
    let digits = token.bytes().take_while(u8::is_ascii_digit).count();
    if (least..=most).contains(&digits) {
        token[..digits].parse().ok()
    } else {
        None
    }
}

/// `23:59:59`.
fn clock(token: &str) -> Option<(i64, i64, i64)> {
    let mut fields = token.splitn(3, ':').map(|field| number(field, 1, 2));
    let clock = (fields.next()??, fields.next()??, fields.next()??);
    Some(clock)
}

/// 1 to 12.
fn month_of(token: &str) -> Option<i64> {
    let short = token.get(..3)?.to_ascii_lowercase();
    let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let at = names.iter().position(|name| *name == short)?;
    i64::try_from(at + 1).ok()
}

/// Days since 1970-01-01 in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_every_kind_are_read() {
        let wanted = Some(784_111_777_000_000);
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "6 nov 1994 8:49:37",
        ] {
            assert_eq!(parse(text), wanted, "{text}");
        }
        assert_eq!(parse("Fri, 01-Jan-99 00:00:00 GMT"), Some(915_148_800_000_000));
        assert_eq!(parse("Fri, 01-Jan-30 00:00:00 GMT"), Some(1_893_456_000_000_000));
        assert_eq!(parse("Mon, 01 Jan 1601 00:00:00 GMT"), Some(0));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "whenever",
            "01 Jan 2030",
            "32 Jan 2030 00:00:00",
            "01 Jan 2030 24:00:00",
            "01 Foo 2030 00:00:00",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
