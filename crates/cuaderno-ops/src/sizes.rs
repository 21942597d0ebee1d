//! Numbers of values, multiplied so that none can wrap: a slice that is checked against one is as long as it says.

/// The product of some sizes.
///
/// # Panics
/// If it exceeds `usize`, more than any slice holds.
pub(crate) const fn product(sizes: &[usize]) -> usize {
    let (mut product, mut i) = (1usize, 0);
    while i < sizes.len() {
        product = match product.checked_mul(sizes[i]) {
            Some(product) => product,
            None => panic!("sizes multiply to more than memory holds"),
        };
        i += 1;
    }
    product
}

/// The sum of some sizes.
///
/// # Panics
/// If it exceeds `usize`.
pub(crate) const fn sum(sizes: &[usize]) -> usize {
    let (mut sum, mut i) = (0usize, 0);
    while i < sizes.len() {
        sum = match sum.checked_add(sizes[i]) {
            Some(sum) => sum,
            None => panic!("sizes add up to more than memory holds"),
        };
        i += 1;
    }
    sum
}

/// Values from the first to the last of `count` stretches of `len` values, `step` apart; none if there is no stretch.
///
/// # Panics
/// If that exceeds `usize`.
pub(crate) const fn reach(count: usize, step: usize, len: usize) -> usize {
    if count == 0 {
        return 0;
    }
    sum(&[product(&[count - 1, step]), len])
}

/// Whether `len` values from `start` on lie in a slice of `available`; `start` may be any number.
pub(crate) const fn fits(start: usize, len: usize, available: usize) -> bool {
    match start.checked_add(len) {
        Some(end) => end <= available,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_reaches() {
        assert_eq!(product(&[2, 3, 0, 7]), 0);
        assert_eq!(reach(3, 10, 4), 24);
        assert_eq!(reach(0, 10, 4), 0);
        assert!(fits(2, 3, 5) && !fits(3, 3, 5) && !fits(usize::MAX, 3, 5));
    }

    #[test]
    #[should_panic(expected = "more than memory holds")]
    fn a_product_never_wraps() {
        product(&[1 << 40, 1 << 24]);
    }

    #[test]
    #[should_panic(expected = "more than memory holds")]
    fn a_reach_never_wraps() {
        reach(2, usize::MAX - 1, 2);
    }
}
