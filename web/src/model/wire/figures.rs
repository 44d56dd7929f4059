//! Times and sizes, as one reads them.

use std::time::Duration;

/// A time of the log: `0:07.042`, minutes, seconds and milliseconds.
pub fn clock(at: Duration) -> String {
    let seconds = at.as_secs();
    format!("{}:{:02}.{:03}", seconds / 60, seconds % 60, at.subsec_millis())
}

/// A size: `17 B`, `1.2 KiB`, `3.4 MiB`.
pub fn size(bytes: usize) -> String {
    const KIB: u128 = 1 << 10;
    match bytes as u128 {
        few @ 0..KIB => format!("{few} B"),
        // What would be rounded to 1024.0 is one of the next.
        some if some * 10 + KIB / 2 < KIB * KIB * 10 => decimal((some * 10 + KIB / 2) / KIB, 10, "KiB"),
        many => decimal((many * 10 + KIB * KIB / 2) / (KIB * KIB), 10, "MiB"),
    }
}

/// A round trip to three digits: `0.42 ms`, `87.1 ms`, `1.25 s`.
pub fn round_trip(time: Duration) -> String {
    // In whole numbers: what it takes to print a float would be a tenth of the page.
    match time.as_micros() {
        micros @ 0..9_995 => decimal((micros + 5) / 10, 100, "ms"),
        micros @ 9_995..99_950 => decimal((micros + 50) / 100, 10, "ms"),
        micros @ 99_950..999_500 => format!("{} ms", (micros + 500) / 1_000),
        micros => decimal((micros + 5_000) / 10_000, 100, "s"),
    }
}

/// `number` of `parts` each, as a decimal fraction with a unit.
fn decimal(number: u128, parts: u128, unit: &str) -> String {
    let digits = parts.ilog10() as usize;
    format!("{}.{:0digits$} {unit}", number / parts, number % parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips_have_three_digits() {
        for (micros, expected) in [
            (0, "0.00 ms"),
            (420, "0.42 ms"),
            (4, "0.00 ms"),
            (1_050, "1.05 ms"),
            (9_994, "9.99 ms"),
            (9_996, "10.0 ms"),
            (99_940, "99.9 ms"),
            (99_960, "100 ms"),
            (999_600, "1.00 s"),
            (12_345_678, "12.35 s"),
        ] {
            assert_eq!(round_trip(Duration::from_micros(micros)), expected);
        }
    }

    #[test]
    fn clocks_count_minutes_and_no_hours() {
        for (millis, expected) in [(0, "0:00.000"), (7_042, "0:07.042"), (59_999, "0:59.999"), (3_600_001, "60:00.001")]
        {
            assert_eq!(clock(Duration::from_millis(millis)), expected);
        }
    }

    #[test]
    fn sizes_have_a_decimal_from_a_kibibyte_on() {
        for (bytes, expected) in [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1.0 KiB"),
            (1_300, "1.3 KiB"),
            (1_048_524, "1023.9 KiB"),
            (1_048_525, "1.0 MiB"),
            (3_565_158, "3.4 MiB"),
        ] {
            assert_eq!(size(bytes), expected);
        }
    }
}
