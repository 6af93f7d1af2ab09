//! Prints what was measured.

/// What was measured of one server.
#[derive(Debug)]
pub struct Row {
    pub server: String,
    pub values: Vec<f64>,
    /// Peak memory in KiB, where it was looked at.
    pub peak: u64,
}

impl Row {
    pub fn new(server: &str) -> Row {
        Row { server: server.to_owned(), values: Vec::new(), peak: 0 }
    }

    /// The least and the most of all values.
    pub fn spread(&self) -> (f64, f64) {
        let values = self.sorted();
        (values.first().copied().unwrap_or(f64::NAN), values.last().copied().unwrap_or(f64::NAN))
    }

    fn sorted(&self) -> Vec<f64> {
        let mut values = self.values.clone();
        values.sort_by(f64::total_cmp);
        values
    }

    /// The value in the middle.
    pub fn median(&self) -> f64 {
        let values = self.sorted();
        let at = |place: usize| values.get(place).copied().unwrap_or(f64::NAN);
        let half = values.len() / 2;
        if values.len() % 2 == 1 { at(half) } else { f64::midpoint(at(half.saturating_sub(1)), at(half)) }
    }
}

/// The last server's median, as a multiple of the first one's.
pub fn ratio(rows: &[Row]) -> Option<f64> {
    Some(rows.last()?.median() / rows.first()?.median())
}

/// One endpoint, each server against the first.
pub fn print(name: &str, rows: &[Row]) {
    println!("{name}");
    let first = rows.first().map_or(f64::NAN, Row::median);
    for row in rows {
        let (least, most) = row.spread();
        let peak = if row.peak > 0 { format!("  {:.1} MB", row.peak as f64 / 1024.0) } else { String::new() };
        let median = row.median();
        println!("  {:<10} {median:>9.2} ({least:.2} – {most:.2})  x{:.2}{peak}", row.server, median / first);
    }
}

/// The geometric mean over the endpoints of each server against the first.
pub fn means(all: &[Vec<Row>]) {
    let servers = all.first().map_or(0, Vec::len);
    println!("geometric mean of {} endpoints", all.len());
    for at in 0..servers {
        let ratios = all.iter().filter_map(|rows| Some(rows.get(at)?.median() / rows.first()?.median()));
        let sum: f64 = ratios.map(f64::ln).sum();
        let name = all.first().and_then(|rows| rows.get(at)).map_or("", |row| &row.server);
        println!("  {name:<10} x{:.2}", (sum / all.len() as f64).exp());
    }
}
