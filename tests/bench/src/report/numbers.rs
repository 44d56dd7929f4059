//! Medians and their spread, and how a number is written.

use serde::Serialize;

/// The middle of some repeats, with the least and the most of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Spread {
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let min = values.iter().copied().reduce(f64::min)?;
        let max = values.iter().copied().reduce(f64::max)?;
        Some(Self { median: median(values)?, min, max })
    }

    /// How many times as much: of the medians, and of each pair of repeats that were measured one after the other.
    pub(crate) fn ratio(of: &[Option<f64>], to: &[Option<f64>]) -> Option<Self> {
        let medians = median(&measured(of))? / median(&measured(to))?;
        let pairs: Vec<f64> = of.iter().zip(to).filter_map(|(of, to)| Some((*of)? / (*to)?)).collect();
        Some(Self { median: medians, ..Self::of(&pairs)? })
    }

    /// The median and, if the repeats differ as far as is shown, their spread.
    pub(crate) fn show(&self, digits: usize) -> String {
        let [median, min, max] = [self.median, self.min, self.max].map(|value| thousands(value, digits));
        if min == max { median } else { format!("{median} ({min}–{max})") }
    }
}

/// The repeats that gave a figure.
pub(crate) fn measured(values: &[Option<f64>]) -> Vec<f64> {
    values.iter().copied().flatten().collect()
}

/// The one in the middle; between the two in the middle, where there is none.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        len if len.is_multiple_of(2) => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
        _ => Some(sorted[middle]),
    }
}

/// A number with commas between its thousands; with three digits that say something, if it is large.
pub(crate) fn thousands(value: f64, digits: usize) -> String {
    let rounded = if value >= 10_000.0 {
        let unit = 10f64.powf(value.log10().floor() - 2.0);
        (value / unit).round() * unit
    } else {
        value
    };
    let text = format!("{rounded:.digits$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    #[test]
    fn ratios_are_of_medians_with_the_spread_of_pairs() {
        let (ours, theirs) = ([Some(10.0), None, Some(30.0)], [Some(5.0), Some(7.0), Some(6.0)]);
        let ratio = Spread::ratio(&ours, &theirs).unwrap();
        assert_eq!((ratio.median, ratio.min, ratio.max), (20.0 / 6.0, 2.0, 5.0));
        assert_eq!(Spread::ratio(&ours, &[None, Some(1.0), None]), None);
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!(thousands(0.0, 0), "0");
        assert_eq!(thousands(999.6, 0), "1,000");
        assert_eq!(thousands(1_234.5, 1), "1,234.5");
        assert_eq!(thousands(1_093_512.0, 0), "1,090,000");
        assert_eq!(thousands(66_049.0, 0), "66,000");
        let spread = Spread::of(&[3.04, 2.0, 5.0]).unwrap();
        assert_eq!((spread.show(1), spread.show(0)), ("3.0 (2.0–5.0)".into(), "3 (2–5)".into()));
        assert_eq!(Spread::of(&[7.01, 7.04]).unwrap().show(1), "7.0");
    }
}
