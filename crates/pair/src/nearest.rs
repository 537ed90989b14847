// Twin: go/pair/nearest.go

/// The longest word that is compared.
const MAX_COMPARED: usize = 64;

/// The name that was probably meant by an unknown word, if any is near enough.
pub fn find_nearest<'a>(word: &[u8], names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > MAX_COMPARED {
        return None;
    }
    let mut best = None;
    for name in names {
        let edits = count_edits(word, name.as_bytes());
        let near = edits <= (name.len() / 3).max(1);
        if near && best.is_none_or(|(fewest, _)| edits < fewest) {
            best = Some((edits, name));
        }
    }
    best.map(|(_, name)| name)
}

/// How many bytes have to be inserted, removed or replaced to turn one word into the other.
fn count_edits(one: &[u8], other: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let replaced = corner + usize::from(a != b);
            corner = row[j + 1];
            row[j + 1] = replaced.min(corner + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}
