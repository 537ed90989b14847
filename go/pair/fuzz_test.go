package pair_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"memory.example/pairs/pair"
)

// FuzzScript reads any bytes as a script: each line comes as the table says, or is refused by its number.
func FuzzScript(f *testing.F) {
	kept, err := filepath.Glob("../../tests/scripts/*/*.txt")
	if err != nil || len(kept) == 0 {
		f.Fatalf("no kept scripts: %v", err)
	}
	for _, path := range kept {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if len(text) < 1<<12 {
			f.Add(text)
		}
	}
	for _, text := range []string{"", "\n", "take 1\r\n\tshift +5 # said\ncall a-_", "take\xff", "drop\nfreed", "#"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		script := pair.NewScript(bytes.NewReader(text), "a test", operations, pair.NewOut(&bytes.Buffer{}))
		for lines := 0; ; lines++ {
			line, err := script.ReadLine()
			if err != nil {
				if !strings.HasPrefix(err.Error(), "error: line ") {
					t.Fatalf("%q", err)
				}
				return
			}
			if line == nil {
				return
			}
			if lines > bytes.Count(text, []byte("\n")) {
				t.Fatal("more lines than there are")
			}
			check(t, line)
		}
	})
}

// check looks whether a line's operands are what the table of operations says.
func check(t *testing.T, line *pair.Line) {
	switch line.Word {
	case "take":
		if n := line.Whole(0); n < 1 || n > 10 {
			t.Fatalf("take %d", n)
		}
	case "shift":
		if n := line.Whole(0); n < -5 || n > 5 {
			t.Fatalf("shift %d", n)
		}
	case "call":
		if name := line.Name(0); name == "" || len(name) > 3 {
			t.Fatalf("call %q", name)
		}
	}
}
