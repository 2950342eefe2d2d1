//! Axes of the charts: round numbers at even steps.

/// An axis that begins and ends on a tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    step: f64,
    /// The first tick in steps.
    first: f64,
    /// Steps from the first tick to the last, at least 1.
    steps: u32,
}

impl Axis {
    /// The narrowest axis around finite `low..=high` that needs about `about` steps of 1, 2 or 5 times a power of ten.
    pub(super) fn around(low: f64, high: f64, about: u32) -> Self {
        let largest = low.abs().max(high.abs());
        let span = if high > low {
            // Values closer than this do not differ in 32 bits.
            (high - low).max(largest * 1e-6)
        } else if largest > 0.0 {
            largest / 10.0
        } else {
            1.0
        };
        let step = round_up(span / f64::from(about.max(1)));
        let first = (low / step).floor();
        let steps = ((high / step).ceil() - first).max(1.0) as u32;
        Self { step, first, steps }
    }

    pub(super) fn low(&self) -> f64 {
        self.first * self.step
    }

    pub(super) fn high(&self) -> f64 {
        (self.first + f64::from(self.steps)) * self.step
    }

    /// Steps between the ends.
    pub(super) fn steps(&self) -> u32 {
        self.steps
    }

    /// Where `value` lies, 0 at the low end and 1 at the high end.
    pub(super) fn position(&self, value: f64) -> f64 {
        (value / self.step - self.first) / f64::from(self.steps)
    }

    /// Every tick with its position and its number.
    pub(super) fn ticks(&self) -> impl Iterator<Item = (f64, String)> + '_ {
        (0..=self.steps).map(|i| {
            let value = (self.first + f64::from(i)) * self.step;
            (f64::from(i) / f64::from(self.steps), self.number(value))
        })
    }

    fn number(&self, value: f64) -> String {
        let exponent = self.step.log10().floor();
        let largest = self.low().abs().max((self.first + f64::from(self.steps)).abs() * self.step);
        if value == 0.0 {
            "0".to_owned()
        } else if exponent < -4.0 || largest >= 1e7 {
            // As many digits as tell neighbours apart.
            let digits = (value.abs().log10().floor() - exponent).clamp(0.0, 7.0) as usize;
            format!("{value:.digits$e}").replace('-', "−")
        } else {
            format!("{value:.*}", (-exponent).max(0.0) as usize).replace('-', "−")
        }
    }
}

/// The next 1, 2 or 5 times a power of ten.
fn round_up(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| value <= factor * power * (1.0 + 1e-9));
    factor.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(low: f64, high: f64) -> String {
        Axis::around(low, high, 6).ticks().map(|(_, number)| number).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn round_numbers() {
        for (low, high, expected) in [
            (0.0, 6.0, "0 1 2 3 4 5 6"),
            (1.53, 8.57, "0 2 4 6 8 10"),
            (0.21, 0.52, "0.2 0.3 0.4 0.5 0.6"),
            (-3.0, 0.001, "−3 −2 −1 0 1"),
            (120.0, 990.0, "0 200 400 600 800 1000"),
            (0.0, 3e-6, "0 5e−7 1.0e−6 1.5e−6 2.0e−6 2.5e−6 3.0e−6"),
            (0.0, 2.5e8, "0 5e7 1.0e8 1.5e8 2.0e8 2.5e8"),
            (0.0, 0.0, "0 0.2"),
            (2.5, 2.5, "2.50 2.55"),
        ] {
            assert_eq!(numbers(low, high), expected);
        }
    }

    proptest! {
        #[test]
        fn an_axis_holds_its_values(a in any::<f32>(), b in any::<f32>()) {
            prop_assume!(a.is_finite() && b.is_finite());
            let (low, high) = (f64::from(a.min(b)), f64::from(a.max(b)));
            let axis = Axis::around(low, high, 6);
            prop_assert!((1..=8).contains(&axis.steps()), "{axis:?}");
            prop_assert!(axis.position(low) > -1e-6 && axis.position(high) < 1.0 + 1e-6, "{axis:?}");
        }

        #[test]
        fn ticks_have_different_numbers(low in -1e6_f64..1e6, span in 1e-3_f64..1e6) {
            let axis = Axis::around(low, low + span, 6);
            let mut numbers: Vec<String> = axis.ticks().map(|(_, number)| number).collect();
            let ticks = numbers.len();
            numbers.dedup();
            prop_assert_eq!(numbers.len(), ticks);
        }
    }
}
