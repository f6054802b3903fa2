//! Latency over the rate, as a picture.

use std::path::Path;

use plotters::prelude::*;

use crate::report::Rung;

const SIZE: (u32, u32) = (720, 360);
/// What takes longer is drawn at the rim.
const HIGHEST_MS: f64 = 1_000.0;
const LOWEST_MS: f64 = 0.1;

/// The median and the slowest of a hundred, of each rate that was tried.
pub(crate) fn draw(file: &Path, title: &str, rungs: &[Rung]) {
    let area = SVGBackend::new(file, SIZE).into_drawing_area();
    area.fill(&WHITE).unwrap();
    let last = rungs.iter().map(|rung| rung.rate).max().unwrap_or(1);
    let mut chart = ChartBuilder::on(&area)
        .caption(title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(48)
        .build_cartesian_2d(0..last, (LOWEST_MS..HIGHEST_MS).log_scale())
        .unwrap();
    chart.configure_mesh().x_desc("a second").y_desc("ms to the operator").draw().unwrap();
    let mut sorted: Vec<&Rung> = rungs.iter().collect();
    sorted.sort_by_key(|rung| rung.rate);
    for (name, colour, of) in [
        ("p50", BLUE, (|rung: &Rung| rung.delivered.p50) as fn(&Rung) -> f64),
        ("p99", RED, |rung: &Rung| rung.delivered.p99),
    ] {
        let points = sorted.iter().map(|rung| (rung.rate, of(rung).clamp(LOWEST_MS, HIGHEST_MS)));
        chart
            .draw_series(LineSeries::new(points, colour))
            .unwrap()
            .label(name)
            .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 18, y)], colour));
    }
    chart.configure_series_labels().background_style(WHITE).border_style(BLACK).draw().unwrap();
    area.present().unwrap();
}

/// Memory over the minutes, from nothing up.
pub(crate) fn draw_memory(file: &Path, mib: &[f64]) {
    let area = SVGBackend::new(file, SIZE).into_drawing_area();
    area.fill(&WHITE).unwrap();
    let highest = mib.iter().copied().fold(1.0, f64::max);
    let mut chart = ChartBuilder::on(&area)
        .caption("Memory of the hub", ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(36)
        .y_label_area_size(48)
        .build_cartesian_2d(1..mib.len().max(2), 0.0..highest * 1.1)
        .unwrap();
    chart.configure_mesh().x_desc("minutes").y_desc("MiB").draw().unwrap();
    chart.draw_series(LineSeries::new((1..).zip(mib.iter().copied()), BLUE)).unwrap();
    area.present().unwrap();
}
