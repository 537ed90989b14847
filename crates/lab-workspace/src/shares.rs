//! Which cores a server has, and which the generator.

/// The cores of both; where they are the same, they share them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cores {
    /// The server's.
    pub server: Vec<usize>,
    /// The generator's, and of all else that the lab does meanwhile.
    pub generator: Vec<usize>,
}

/// Shares cores out: the generator has the first one, the server the last one or all others.
pub fn share(all: &[usize], one: bool, shared: bool) -> Cores {
    let (server, generator) = match all {
        [first, .., last] if one && !shared => (vec![*last], vec![*first]),
        [first, others @ ..] if !others.is_empty() && !shared => (others.to_vec(), vec![*first]),
        [.., last] if one => (vec![*last], all.to_vec()),
        _ => (all.to_vec(), all.to_vec()),
    };
    Cores { server, generator }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared_out(all: &[usize], one: bool, shared: bool) -> (Vec<usize>, Vec<usize>) {
        let Cores { server, generator } = share(all, one, shared);
        (server, generator)
    }

    #[test]
    fn server_and_generator_have_cores_of_their_own_where_there_are_two() {
        assert_eq!(shared_out(&[0, 1], false, false), (vec![1], vec![0]));
        assert_eq!(shared_out(&[2, 3, 5], false, false), (vec![3, 5], vec![2]));
        assert_eq!(shared_out(&[2, 3, 5], true, false), (vec![5], vec![2]));
        assert_eq!(shared_out(&[4], false, false), (vec![4], vec![4]));
        assert_eq!(shared_out(&[4], true, false), (vec![4], vec![4]));
    }

    #[test]
    fn they_share_all_where_that_is_the_point() {
        assert_eq!(shared_out(&[0, 1], false, true), (vec![0, 1], vec![0, 1]));
        assert_eq!(shared_out(&[0, 1], true, true), (vec![1], vec![0, 1]));
    }
}
