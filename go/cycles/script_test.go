package cycles

import (
	"bytes"
	"strings"
	"testing"

	"memory.example/pairs/pair"
)

func TestATraceFollowsANodeThatIsLetGo(t *testing.T) {
	var text bytes.Buffer
	out := pair.NewOut(&text)
	scene := "../../tests/scripts/cycles/scene-1.txt"
	if err := pair.Trace([]string{scene}, Operations, Replay, out); err != nil {
		t.Fatal(err)
	}
	_ = out.Finish()
	lines := strings.Split(text.String(), "\n")
	for line, first := range map[int]string{1: "alive", 3: "garbage", 4: "freed"} {
		state := `"objects":[{"id":"1","state":"` + first + `"},{"id":"2","state":"alive"}`
		if !strings.Contains(lines[line], state) {
			t.Error(lines[line])
		}
	}
}
