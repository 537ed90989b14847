// Twin: crates/pair/src/nearest.rs

package pair

// maxCompared is the longest word that is compared.
const maxCompared = 64

// findNearest returns the name that was probably meant by an unknown word, or nothing if none is near enough.
func findNearest(word string, names []string) string {
	if len(word) > maxCompared {
		return ""
	}
	best, fewest := "", 0
	for _, name := range names {
		edits := countEdits(word, name)
		near := edits <= max(len(name)/3, 1)
		if near && (best == "" || edits < fewest) {
			best, fewest = name, edits
		}
	}
	return best
}

// countEdits counts how many bytes have to be inserted, removed or replaced to turn one word into the other.
func countEdits(one, other string) int {
	row := make([]int, len(other)+1)
	for i := range row {
		row[i] = i
	}
	for i := range len(one) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(other) {
			replaced := corner
			if one[i] != other[j] {
				replaced++
			}
			corner = row[j+1]
			row[j+1] = min(replaced, corner+1, row[j]+1)
		}
	}
	return row[len(other)]
}
