package pair

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
)

// kept is what an untidy script leaves behind.
var kept []*Counted[int]

// batch performs a script that makes one value, and one that makes none.
func batch(replay func(*Script, *Out) error) (string, error) {
	operations := []Operation{{Word: "make"}}
	topic := &Topic{Name: "test", Operations: operations, Replay: replay}
	scripts := bufio.NewReader(strings.NewReader("script 5\nmake\nscript 0\n"))
	var said bytes.Buffer
	out := NewOut(&said)
	err := replayBatch(topic, scripts, false, out)
	_ = out.Finish()
	return said.String(), err
}

func TestAValueThatOutlivesItsScriptEndsTheBatch(t *testing.T) {
	replay := func(keep bool) func(*Script, *Out) error {
		return func(script *Script, _ *Out) error {
			for {
				line, err := script.ReadLine()
				if err != nil || line == nil {
					return err
				}
				value := NewCounted(NewTally(), 1)
				if keep {
					kept = append(kept, value)
				}
			}
		}
	}
	if said, err := batch(replay(false)); said != "result 0 0 0\nresult 0 0 0\n" || err != nil {
		t.Errorf("%q, %v", said, err)
	}
	said, err := batch(replay(true))
	kept = nil
	if err == nil || err.Error() != "error: batch: 1 values outlive their script\n" || said != "" {
		t.Errorf("%q, %v", said, err)
	}
}
