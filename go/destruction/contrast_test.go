// Twin: crates/destruction/src/contrast.rs

package destruction

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	"memory.example/pairs/pair"
)

func TestTheFactsFollowTheNumberOfFiles(t *testing.T) {
	for _, count := range []int{300, 500} {
		lines, err := pair.FactsCollect(count, Contrast)
		if err != nil {
			t.Fatal(err)
		}
		files := count / 100
		expected := []string{
			fmt.Sprintf("descriptors when %d files were forgotten, and after settle\t%d, 0", files, files),
			fmt.Sprintf("descriptors in a block that opened %d files, and behind it\t%d, %d", files, files, files),
			fmt.Sprintf("descriptors in a loop that opened %d files, and behind its break\t%d, %d", files, files, files),
			fmt.Sprintf("a list of %d files that goes closes\tnone", files),
			fmt.Sprintf("descriptors of %d files that nobody will ever close, after settle\t%d", files, files),
			fmt.Sprintf("of a chain of %d values, a finalizer on each: collections, freed\t%d, %d", files, files, files),
			fmt.Sprintf("of a chain of %d values, a cleanup on each: collections, freed\t1, %d", files, files),
			fmt.Sprintf("of %d values without links, a finalizer on each: collections, freed\t1, %d", files, files),
		}
		if !slices.Equal(lines, expected) {
			t.Errorf("facts %q", lines)
		}
	}
}

// only here: in Rust it does not compile, as a mistake shows.
func TestASecondCloseIsAnErrorAndTellsNobody(t *testing.T) {
	lines := 0
	file, err := OpenFile(os.DevNull, func(string) { lines++ })
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil || lines != 1 {
		t.Errorf("%v, lines %d times", err, lines)
	}
	if err := file.Close(); !errors.Is(err, os.ErrClosed) || lines != 1 {
		t.Errorf("%v, lines %d times", err, lines)
	}
	if _, err := file.ReadAll(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("read: %v", err)
	}
}
