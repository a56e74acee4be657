//! Python's numbers: integers of any size, and floats.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use num_bigint::{BigInt, BigUint, Sign};

use crate::error::SearchError;

/// Python refuses to read or write integers with more digits.
pub(crate) const MAX_DIGITS: usize = 4300;

/// An integer of more than 127 bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BigInteger(BigInt);

impl fmt::Display for BigInteger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An integer of any size, or a float.
#[derive(Debug, Clone)]
pub(crate) enum Number {
    Int(i128),
    Big(Arc<BigInteger>),
    Float(f64),
}

impl From<BigInt> for Number {
    fn from(big: BigInt) -> Self {
        match i128::try_from(&big) {
            Ok(i) => Self::Int(i),
            Err(_) => Self::Big(Arc::new(BigInteger(big))),
        }
    }
}

impl Number {
    /// Reads an integer from a sign and digits. Returns `None` if there are more than [`MAX_DIGITS`] digits.
    pub(crate) fn from_digits(text: &str) -> Option<Self> {
        if let Ok(i) = text.parse() {
            return Some(Self::Int(i));
        }
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        (digits <= MAX_DIGITS).then(|| text.parse::<BigInt>().ok()).flatten().map(Self::from)
    }

    /// Converts a finite float without a fraction to an integer.
    pub(crate) fn from_whole(float: f64) -> Self {
        if float.abs() < 2_f64.powi(126) {
            return Self::Int(float as i128);
        }
        let bits = float.to_bits();
        let exponent = ((bits >> 52) & 0x7ff) as i64 - 1075;
        let magnitude = BigInt::from((bits & ((1 << 52) - 1)) | (1 << 52)) << exponent.max(0);
        Self::from(if float < 0.0 { -magnitude } else { magnitude })
    }

    fn to_big(&self) -> Option<BigInt> {
        match self {
            Self::Int(i) => Some(BigInt::from(*i)),
            Self::Big(big) => Some(big.0.clone()),
            Self::Float(_) => None,
        }
    }

    /// Compares without rounding, as Python compares an int with a float. Returns `None` if one of them is NaN.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(b)),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b),
            (Self::Float(a), b) => b.compare_to_float(*a).map(Ordering::reverse),
            (a, Self::Float(b)) => a.compare_to_float(*b),
            (a, b) => Some(a.to_big()?.cmp(&b.to_big()?)),
        }
    }

    /// Compares this integer with a float.
    fn compare_to_float(&self, float: f64) -> Option<Ordering> {
        if !float.is_finite() {
            return 0.0_f64.partial_cmp(&float);
        }
        let whole = float.trunc();
        let rest = 0.0_f64.partial_cmp(&(float - whole)).unwrap_or(Ordering::Equal);
        Some(self.compare(&Self::from_whole(whole))?.then(rest))
    }

    /// Converts to the nearest float.
    ///
    /// # Errors
    ///
    /// Returns Python's error if an integer is larger than every float.
    pub(crate) fn to_float(&self) -> Result<f64, SearchError> {
        match self {
            Self::Int(i) => Ok(*i as f64),
            Self::Float(f) => Ok(*f),
            Self::Big(big) => {
                divide(&big.0, 1).ok_or_else(|| SearchError::Python("int too large to convert to float".into()))
            }
        }
    }

    /// Adds as Python's `+` does.
    pub(crate) fn add(&self, other: &Self) -> Result<Self, SearchError> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) if a.checked_add(*b).is_some() => Ok(Self::Int(a + b)),
            _ => match (self.to_big(), other.to_big()) {
                (Some(a), Some(b)) => Ok(Self::from(a + b)),
                _ => Ok(Self::Float(self.to_float()? + other.to_float()?)),
            },
        }
    }

    /// Divides by a count as Python's `/` does.
    pub(crate) fn divide(&self, count: usize) -> Result<f64, SearchError> {
        let exact = |i: i128| i.unsigned_abs() < 1 << 53;
        match self {
            Self::Float(f) => Ok(f / count as f64),
            Self::Int(i) if exact(*i) && exact(count as i128) => Ok(*i as f64 / count as f64),
            integer => integer
                .to_big()
                .and_then(|big| divide(&big, count as u64))
                .ok_or_else(|| SearchError::Python("integer division result too large for a float".into())),
        }
    }

    /// Returns the absolute value, like Python's `abs`.
    pub(crate) fn abs(&self) -> Self {
        match self {
            Self::Float(f) => Self::Float(f.abs()),
            Self::Int(i) if i.checked_abs().is_some() => Self::Int(i.abs()),
            integer => Self::from(BigInt::from(integer.to_big().unwrap_or_default().into_parts().1)),
        }
    }
}

/// Returns the float that is nearest to the quotient. Of two that are equally near, it is the even one. Returns `None`
/// if the quotient is larger than every float.
fn divide(number: &BigInt, by: u64) -> Option<f64> {
    // This number of bits of the quotient is enough to round it, together with one bit that says whether a rest was cut
    // off.
    const BITS: u64 = 80;
    let magnitude = number.magnitude();
    let up = (BITS + 64).saturating_sub(magnitude.bits());
    let by = BigUint::from(by);
    let dividend = magnitude << up;
    let quotient = &dividend / &by;
    let down = quotient.bits().saturating_sub(BITS);
    let kept = &quotient >> down;
    let is_exact = (&kept << down) * &by == dividend;
    let kept = u128::try_from(kept).ok()? << 1 | u128::from(!is_exact);
    let exponent = i32::try_from(down as i64 - up as i64 - 1).ok()?;
    let float = kept as f64 * 2_f64.powi(exponent);
    float.is_finite().then_some(if number.sign() == Sign::Minus { -float } else { float })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(text: &str) -> Number {
        Number::from_digits(text).unwrap_or(Number::Float(f64::NAN))
    }

    fn shown(number: Number) -> String {
        crate::python::str(&number.into())
    }

    #[test]
    fn floats_become_exact_integers() {
        // python3 -c "print(int(1e23), int(-1e39), int(2.0**127))"
        assert_eq!(shown(Number::from_whole(1e23)), "99999999999999991611392");
        assert_eq!(shown(Number::from_whole(-1e39)), "-999999999999999939709166371603178586112");
        assert_eq!(shown(Number::from_whole(2_f64.powi(127))), "170141183460469231731687303715884105728");
        assert!(matches!(Number::from_whole(-(2_f64.powi(127))), Number::Int(i128::MIN)));
    }

    #[test]
    fn arithmetic_on_large_integers_gives_the_results_of_python() -> Result<(), SearchError> {
        let most = i128::MAX.to_string();
        assert_eq!(shown(int(&most).add(&int("1"))?), "170141183460469231731687303715884105728");
        assert_eq!(shown(int("170141183460469231731687303715884105728").add(&int("-1"))?), most);
        assert_eq!(shown(Number::Int(i128::MIN).abs()), "170141183460469231731687303715884105728");
        assert_eq!(int("9007199254740993").divide(1)?, 9_007_199_254_740_992.0);
        // python3 -c "print((2**80+2**27+1)/1, (10**30+1)/3)"
        assert_eq!(int("1208925819614629308923905").divide(1)?, 1.2089258196146294e24);
        assert_eq!(int("1000000000000000000000000000001").divide(3)?, 3.333333333333333e29);
        assert!(int(&"9".repeat(400)).to_float().is_err());
        Ok(())
    }

    #[test]
    fn integers_and_floats_are_compared_without_rounding() {
        let big = int(&"9".repeat(40));
        assert_eq!(big.compare(&Number::Float(1e40)), Some(Ordering::Less));
        assert_eq!(big.compare(&Number::Float(f64::INFINITY)), Some(Ordering::Less));
        assert_eq!(big.compare(&Number::Float(f64::NAN)), None);
        assert_eq!(Number::Float(1.5).compare(&int("1")), Some(Ordering::Greater));
        assert_eq!(int("-1").compare(&Number::Float(-1.5)), Some(Ordering::Greater));
    }
}
