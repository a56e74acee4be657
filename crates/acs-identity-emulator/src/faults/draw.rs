//! Draws by chance that a seed repeats.

/// Returns whether the n-th draw of a seed hits.
#[allow(clippy::cast_precision_loss, reason = "53 bits are exact")]
pub(super) fn hits(seed: u64, nth: u64, chance: f64) -> bool {
    let fraction = (mixed(seed, nth) >> 11) as f64 / (1_u64 << 53) as f64;
    fraction < chance
}

/// The n-th number of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
fn mixed(seed: u64, nth: u64) -> u64 {
    let mut number = seed.wrapping_add(nth.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        // The first outputs for the seed 1234567, as Rosetta Code lists them.
        let numbers: Vec<u64> = (1..=3).map(|nth| mixed(1_234_567, nth)).collect();
        assert_eq!(numbers, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn a_chance_is_met_in_the_long_run_and_differs_between_seeds() {
        let count = |seed| (1..=10_000).filter(|nth| hits(seed, *nth, 0.25)).count();
        for seed in [0, 1, 42] {
            assert!((2300..2700).contains(&count(seed)), "{}", count(seed));
        }
        let first = |seed| (1..=64).map(|nth| hits(seed, nth, 0.5)).collect::<Vec<_>>();
        assert_ne!(first(1), first(2));
        assert!((1..=100).all(|nth| hits(7, nth, 1.0)));
    }
}
