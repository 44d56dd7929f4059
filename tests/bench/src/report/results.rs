//! All that was measured in one run.

use std::collections::BTreeMap;

use serde::Serialize;

use super::machine::Machine;
use super::numbers::{Spread, measured};
use crate::rows::figure::{Figure, Figures};
use crate::rows::{Entrant, Family, Row};

/// One run.
#[derive(Debug, Serialize)]
pub(crate) struct Results {
    pub(crate) machine: Machine,
    /// Whether it was a run to try, from which nobody should learn anything.
    pub(crate) quick: bool,
    pub(crate) minutes: f64,
    /// How much of the machine others had meanwhile, in a hundredth of all its cores.
    pub(crate) others_share: f64,
    pub(crate) rows: Vec<Measured>,
}

/// A row with all that came of it.
#[derive(Debug, Serialize)]
pub(crate) struct Measured {
    #[serde(skip)]
    pub(crate) row: Row,
    pub(crate) family: Family,
    pub(crate) name: String,
    pub(crate) entrants: Vec<Series>,
}

/// What came of one entrant, round by round.
#[derive(Debug, Serialize)]
pub(crate) struct Series {
    pub(crate) entrant: Entrant,
    /// None where a round failed.
    pub(crate) figures: BTreeMap<Figure, Vec<Option<f64>>>,
    pub(crate) failures: Vec<String>,
    rounds: usize,
}

impl Measured {
    pub(crate) fn new(row: Row) -> Self {
        let entrants = row.entrants().into_iter();
        let entrants = entrants
            .map(|entrant| Series { entrant, figures: BTreeMap::new(), failures: Vec::new(), rounds: 0 })
            .collect();
        Self { row, family: row.family(), name: row.name(), entrants }
    }

    pub(crate) fn of(&self, entrant: Entrant) -> Option<&Series> {
        self.entrants.iter().find(|series| series.entrant == entrant)
    }
}

impl Series {
    /// Adds what came of one more round.
    pub(crate) fn add(&mut self, outcome: anyhow::Result<Figures>) {
        let figures = outcome.unwrap_or_else(|error| {
            self.failures.push(format!("{error:#}"));
            Figures::new()
        });
        for (figure, value) in figures {
            // Rounds that failed before are a gap.
            let values = self.figures.entry(figure).or_default();
            values.resize(self.rounds, None);
            values.push(Some(value));
        }
        self.rounds += 1;
        self.figures.values_mut().for_each(|values| values.resize(self.rounds, None));
    }

    pub(crate) fn repeats(&self, figure: Figure) -> &[Option<f64>] {
        self.figures.get(&figure).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn spread(&self, figure: Figure) -> Option<Spread> {
        Spread::of(&measured(self.repeats(figure)))
    }
}

impl Results {
    /// What came of an entrant in a row, if both were measured.
    pub(crate) fn series(&self, row: Row, entrant: Entrant) -> Option<&Series> {
        self.rows.iter().find(|measured| measured.row == row)?.of(entrant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_that_failed_is_a_gap() {
        let mut measured = Measured::new(Row::Sends(1));
        let series = &mut measured.entrants[0];
        series.add(Err(anyhow::anyhow!("no connection")));
        series.add(Ok(vec![(Figure::SendsPerSecond, 5.0)]));
        series.add(Err(anyhow::anyhow!("gone")));
        assert_eq!(series.repeats(Figure::SendsPerSecond), [None, Some(5.0), None]);
        assert_eq!(series.spread(Figure::SendsPerSecond).unwrap().median, 5.0);
        assert_eq!(series.failures, ["no connection", "gone"]);
        assert_eq!(series.spread(Figure::Drops), None);
    }
}
