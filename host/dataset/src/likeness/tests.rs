//! On drawn parts, photographed under several lights.

use nnc_picture::Pixels;

use super::*;

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32
    }
}

const SIDE: usize = 96;

/// Photograph `shot` of a part with specks of its own: another exposure, other light from the side, other noise, and a
/// little shifted.
fn photograph(part: u64, shot: u64) -> Pixels {
    let mut specks = Dice((part + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let specks: Vec<[f32; 4]> = (0..60)
        .map(|_| {
            let sizes = [specks.next() * SIDE as f32, specks.next() * SIDE as f32];
            [sizes[0], sizes[1], specks.next() * 3.0 + 2.0, specks.next() * 2.0 - 1.0]
        })
        .collect();
    let mut dice = Dice((part * 31 + shot + 1).wrapping_mul(0xd134_2543_de82_ef95));
    let (gain, light, tilt) = (20.0 + 25.0 * dice.next(), 80.0 + 60.0 * dice.next(), dice.next() - 0.5);
    let (right, down) = (dice.next() * 8.0 - 4.0, dice.next() * 8.0 - 4.0);
    let mut grey = |x: f32, y: f32| {
        let detail: f32 = specks
            .iter()
            .map(|[cx, cy, size, height]| {
                let distance = (x - cx - right).powi(2) + (y - cy - down).powi(2);
                height * (-distance / (2.0 * size * size)).exp()
            })
            .sum();
        let noise = dice.next() * 12.0 - 6.0;
        (light + gain * detail + tilt * x * 0.6 + noise).clamp(0.0, 255.0) as u8
    };
    let values = (0..SIDE * SIDE).map(|at| grey((at % SIDE) as f32, (at / SIDE) as f32)).collect();
    Pixels { width: SIDE, height: SIDE, channels: 1, values }
}

fn print_of(part: u64, shot: u64) -> Option<Fingerprint> {
    Some(Fingerprint::of(&photograph(part, shot)))
}

/// Forty parts with one to four photographs each, all exposures mixed.
fn parts() -> Vec<(u64, u64)> {
    let mut all: Vec<(u64, u64)> = (0..40).flat_map(|part| (0..=part % 4).map(move |shot| (part, shot))).collect();
    all.sort_by_key(|(part, shot)| (shot * 7 + part * 13) % 41);
    all
}

#[test]
fn photographs_of_one_part_are_joined_and_those_of_others_are_not() {
    let parts = parts();
    let prints: Vec<_> = parts.iter().map(|(part, shot)| print_of(*part, *shot)).collect();
    let groups = groups_by_likeness(&prints, &|| false).unwrap();
    let (mut together, mut found, mut right) = (0, 0, 0);
    for one in 0..parts.len() {
        for other in 0..one {
            let (same, joined) = (parts[one].0 == parts[other].0, groups[one] == groups[other]);
            together += u32::from(same);
            found += u32::from(joined);
            right += u32::from(same && joined);
        }
    }
    assert!(right * 100 >= together * 95, "{right} of {together} found");
    assert!(right * 100 >= found * 95, "{right} of {found} right");
    // Each group is known by its first image.
    assert!(groups.iter().enumerate().all(|(position, group)| group <= &position && groups[*group] == *group));
}

#[test]
fn siblings_are_found_across_two_sets() {
    let first: Vec<_> = (0..40).map(|part| print_of(part, 0)).collect();
    let mut second: Vec<_> = (30..50).map(|part| print_of(part, 1)).collect();
    // The very same image, and none.
    second.extend([first[3].clone(), None]);
    let found = find_alike(&first, &second, &|| false).unwrap();
    let pairs: Vec<_> = found.iter().map(|Alike { first, second, .. }| (*second, *first)).collect();
    let wrong = pairs.iter().filter(|(second, first)| *first != if *second == 20 { 3 } else { second + 30 }).count();
    assert!(wrong == 0 && pairs.contains(&(20, 3)) && pairs.len() >= 10, "{pairs:?}");
}

#[test]
fn flat_images_are_alike_only_where_they_are_the_same() {
    let flat = |grey| Some(Fingerprint::of(&Pixels { width: 8, height: 8, channels: 1, values: vec![grey; 64] }));
    let images = [flat(1), flat(2), None, flat(1), None];
    assert_eq!(groups_by_likeness(&images, &|| false), Some(vec![0, 1, 2, 0, 4]));
    assert_eq!(groups_by_likeness(&[], &|| false), Some(vec![]));
    assert_eq!(find_alike(&[], &images, &|| false), Some(vec![]));
    assert_eq!(find_alike(&images, &[], &|| false), Some(vec![]));
    // Whoever waits may stop, and no set takes for ever.
    let seen = [print_of(1, 1), print_of(2, 1)];
    assert_eq!(groups_by_likeness(&seen, &|| true), None);
    assert_eq!(groups_by_likeness(&vec![None; MOST_ALIKE + 1], &|| false), None);
}

#[test]
fn numbers_are_joined_to_groups() {
    let mut groups = Groups::new(7);
    for (one, other) in [(5, 6), (2, 5), (6, 2), (1, 0)] {
        groups.join(one, other);
    }
    assert_eq!((0..7).map(|number| groups.first(number)).collect::<Vec<_>>(), [0, 0, 2, 3, 4, 2, 2]);
}
