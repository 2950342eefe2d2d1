//! Inputs that no dataset feeds: what NNC's generators give, the same values that NNC gives.
//!
//! nnabla draws them with NumPy from one generator that begins at 313, for a batch of the stored size at a time: the
//! generated variables of the first executor, then those of the next (NNC contract 8.1). So what a row gets depends on the
//! rows before it, and on nothing else. Rows are asked for in order; a dataset that is gone on with is drawn up to there.

use nnc_plugin_api::{Error, Result};
use nnp::Executor;
use nnp::text::{Fields, Message, Value};
use rand_mt::Mt;

/// Where NumPy's generator starts in nnabla (`nnabla.random.prng`).
const SEED: u32 = 313;

/// How the values of a variable come about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    /// This number everywhere.
    Constant(f32),
    /// 0, 1, 2, … along the last axis, times this.
    Range(f32),
    /// The normal distribution with this deviation.
    Normal(f32),
    /// Evenly between minus this and this.
    Uniform(f32),
}

/// A variable that a generator feeds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Generated {
    pub(crate) variable: String,
    pub(crate) kind: Kind,
    /// For one batch of the stored size, or the whole array where it has no batch axis.
    pub(crate) shape: Vec<usize>,
    /// Whether the first axis is the batch.
    pub(crate) per_sample: bool,
}

/// The generators of an executor: variable and kind.
pub(crate) fn of(executor: Option<&Executor>) -> Result<Vec<(String, Kind)>> {
    let Some(executor) = executor else { return Ok(Vec::new()) };
    let messages = executor.other.fields.iter().filter(|field| field.name == "generator_variable");
    messages
        .filter_map(|field| match &field.value {
            Value::Message(message) => Some(message),
            _ => None,
        })
        .map(|message| read(executor, message))
        .collect()
}

fn read(executor: &Executor, message: &Message) -> Result<(String, Kind)> {
    let wrong = |error: nnp::TextError| Error::model(format!("executor `{}`: {error}", executor.name));
    let mut fields = Fields::new(message, "generator_variable");
    let variable = fields.text("variable_name").map_err(wrong)?;
    let kind = fields.text("type").map_err(wrong)?;
    let multiplier = fields.float("multiplier").map_err(wrong)?;
    fields.finish().map_err(wrong)?;
    let kind = match kind.as_str() {
        "Constant" => Kind::Constant(multiplier),
        "Range" => Kind::Range(multiplier),
        "Normal" => Kind::Normal(multiplier),
        "Uniform" => Kind::Uniform(multiplier),
        other => {
            return Err(Error::model(format!(
                "executor `{}` generates `{variable}` by `{other}`, expected Constant, Normal, Uniform or Range",
                executor.name
            )));
        }
    };
    Ok((variable, kind))
}

/// Draws batch after batch.
pub(crate) struct Generator {
    variables: Vec<Generated>,
    /// Rows of a batch.
    stored: usize,
    stream: Stream,
    /// The batch that `values` are of.
    batch: Option<usize>,
    /// For each variable, its values in that batch.
    values: Vec<Vec<f32>>,
}

impl Generator {
    pub(crate) fn new(variables: Vec<Generated>, stored: usize) -> Self {
        Self { variables, stored: stored.max(1), stream: Stream::new(), batch: None, values: Vec::new() }
    }

    /// For each variable its values for `rows` rows from row `first` on; those without a batch axis are of the batch that
    /// the first row is in.
    pub(crate) fn rows(&mut self, first: usize, rows: usize) -> Vec<Vec<f32>> {
        let mut found: Vec<Vec<f32>> = vec![Vec::new(); self.variables.len()];
        for row in first..first + rows {
            self.advance(row / self.stored);
            for ((variable, values), found) in self.variables.iter().zip(&self.values).zip(&mut found) {
                if variable.per_sample {
                    let length = values.len() / self.stored;
                    found.extend(values.iter().skip(row % self.stored * length).take(length));
                } else if found.is_empty() {
                    found.clone_from(values);
                }
            }
        }
        found
    }

    /// Draws up to batch number `wanted`, from the beginning where it is an earlier one.
    fn advance(&mut self, wanted: usize) {
        if self.batch.is_some_and(|batch| batch > wanted) {
            (self.stream, self.batch) = (Stream::new(), None);
        }
        while self.batch != Some(wanted) {
            let stream = &mut self.stream;
            self.values = self.variables.iter().map(|variable| variable.draw(stream)).collect();
            self.batch = Some(self.batch.map_or(0, |batch| batch + 1));
        }
    }
}

impl Generated {
    fn draw(&self, stream: &mut Stream) -> Vec<f32> {
        let count = self.shape.iter().product::<usize>();
        let double = f64::from;
        match self.kind {
            Kind::Constant(value) => vec![value; count],
            Kind::Range(step) => {
                let last = self.shape.last().copied().unwrap_or(1).max(1);
                (0..count).map(|at| ((at % last) as f64 * double(step)) as f32).collect()
            }
            Kind::Normal(deviation) => (0..count).map(|_| (stream.normal() * double(deviation)) as f32).collect(),
            Kind::Uniform(limit) => {
                let limit = double(limit);
                (0..count).map(|_| (-limit + (limit + limit) * stream.uniform()) as f32).collect()
            }
        }
    }
}

/// The numbers of NumPy's `RandomState`.
struct Stream {
    twister: Mt,
    /// The second number of a pair that was drawn.
    kept: Option<f64>,
}

impl Stream {
    fn new() -> Self {
        Self { twister: Mt::new(SEED), kept: None }
    }

    /// 53 bits between 0 and 1.
    fn uniform(&mut self) -> f64 {
        let (high, low) = (self.twister.next_u32() >> 5, self.twister.next_u32() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
    }

    /// Marsaglia's polar method: two numbers from a point in the circle, the second of which comes first.
    fn normal(&mut self) -> f64 {
        if let Some(kept) = self.kept.take() {
            return kept;
        }
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square < 1.0 && square != 0.0 {
                let factor = (-2.0 * square.ln() / square).sqrt();
                self.kept = Some(factor * x);
                return factor * y;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generated(kind: Kind, shape: &[usize], per_sample: bool) -> Generated {
        Generated { variable: "v".into(), kind, shape: shape.to_vec(), per_sample }
    }

    /// `numpy.random.RandomState(313)`: `randn(2, 3)` and then `uniform(-2, 2, (2, 2))`, and both once more.
    #[test]
    fn values_are_those_of_numpy() {
        let variables = vec![generated(Kind::Normal(1.0), &[2, 3], true), generated(Kind::Uniform(2.0), &[2, 2], true)];
        let mut generator = Generator::new(variables, 2);
        let found = generator.rows(0, 4);
        assert_eq!(found[0], NORMAL);
        assert_eq!(found[1], UNIFORM);
        // Whatever is asked for first.
        assert_eq!(generator.rows(3, 1), [&NORMAL[9..], &UNIFORM[6..]]);
        assert_eq!(generator.rows(1, 2), [&NORMAL[3..9], &UNIFORM[2..6]]);
    }

    #[test]
    fn what_has_no_batch_is_there_once() {
        let variables = vec![generated(Kind::Constant(2.5), &[2], true), generated(Kind::Range(0.5), &[1, 3], false)];
        assert_eq!(Generator::new(variables, 2).rows(1, 2), [vec![2.5, 2.5], vec![0.0, 0.5, 1.0]]);
    }

    #[test]
    fn other_generators_are_named() {
        let text = "executor { name: 'e' generator_variable { variable_name: 'v' type: 'Gamma' multiplier: 1 } }";
        let model = nnp::nntxt::read(text).unwrap();
        let error = of(model.executors.first()).unwrap_err();
        assert!(error.message().contains("`e` generates `v` by `Gamma`, expected Constant"), "{error}");
    }

    const NORMAL: [f32; 12] = [
        0.18527888,
        -1.2367872,
        0.3260035,
        0.9975558,
        0.087372914,
        0.6406695,
        1.439875,
        -0.32394922,
        -1.6436483,
        0.7549092,
        -0.70877945,
        0.046607226,
    ];
    const UNIFORM: [f32; 8] =
        [1.4783499, -1.3103981, -0.19113189, 0.10453067, 1.0516587, 0.35481042, -0.16814071, -0.46124434];
}
