//! Vectors of a hundred integers, lent to a function that looks at them.

mod sample;

#[inline(never)]
fn look(numbers: &mut [i64], value: i64) -> i64 {
    let [first, ..] = numbers else { return 0 };
    *first = value;
    *first + numbers.len() as i64
}

fn main() {
    let work = |count| {
        (0..count)
            .map(|value| look(&mut vec![0; 100], value))
            .sum::<i64>()
    };
    sample::samples(work, |sum| sum);
}
