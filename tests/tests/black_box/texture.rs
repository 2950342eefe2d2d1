//! The detector without a neural network, through the whole program.

use nnc_tests::{Sandbox, members, rows, texture};

/// A project for the drawn gears.
fn project(parameters: &str) -> Sandbox {
    texture();
    let sandbox = Sandbox::new();
    sandbox.gears("project.toml", parameters);
    sandbox
}

fn most(sandbox: &Sandbox, image: usize, size: (usize, usize)) -> f32 {
    let map = rows(&sandbox.text(&format!("out/outputs/0_0000/{image}.csv")));
    assert_eq!((map.len(), map[0].len()), size);
    map.iter().flatten().copied().fold(f32::NAN, f32::max)
}

#[test]
fn a_defect_stands_out_and_every_run_is_the_same() {
    let sandbox = project("");
    sandbox.job("run", &["--batch-size", "1"]).expect(0);
    let (good, bad) = (most(&sandbox, 0, (56, 56)), most(&sandbox, 1, (56, 56)));
    assert!(1.2 * good < bad, "{good} {bad}");
    let names: Vec<String> = members(&sandbox.path("out/results.nnp")).into_iter().map(|member| member.name).collect();
    assert_eq!(names, ["texture.json", "mean.f32", "factor.f32", "nnc_host.json"]);
    let first = sandbox.bytes("out/outputs/0_0000/1.csv");
    sandbox.job("run", &["--batch-size", "64"]).expect(0);
    assert_eq!(sandbox.bytes("out/outputs/0_0000/1.csv"), first);
}

#[test]
fn cells_and_tolerance_are_the_users() {
    let sandbox = project("cell = 16\ntolerance = 8192");
    sandbox.job("run", &[]).expect(0);
    assert!(most(&sandbox, 1, (14, 14)).is_finite());
    for (set, codes, part) in [
        ("plugin.params.cell=1", 2..=2, "cell"),
        ("plugin.params.tolerance=-1", 2..=2, "tolerance"),
        ("plugin.params.width=8", 1..=2, "cell"),
        ("plugin.params.height=100", 3..=3, "expected 3,100,224"),
    ] {
        let outcome = sandbox.job("train", &["--set", set]);
        assert!(outcome.code.is_some_and(|code| codes.contains(&code)), "{set}: {outcome}");
        assert!(format!("{outcome}").contains(part), "{set}: {outcome}");
    }
}
