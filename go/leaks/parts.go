// Twin: crates/leaks/src/parts.rs

package leaks

import (
	"runtime"

	"memory.example/pairs/pair"
)

// Parts traces scripts in which the languages part, over the leaks of the contrast.
var Parts = pair.Parts(partsOperations, parts)

var partsOperations = []pair.Operation{
	{
		Word: "buffer",
		Says: "makes a buffer of 8192 bytes and holds it; values are numbered from 1",
	},
	{
		Word:     "header",
		Operands: []pair.Operand{pair.ID("BUFFER")},
		Part:     pair.PartReleases,
		Says:     "holds the first 8 bytes in place of a buffer: in Go a slice of it, in Rust a copy",
	},
	{
		Word: "receiver",
		Says: "starts a receiver that keeps a value while it waits, and holds its sender",
	},
	{
		Word:     "mailbox",
		Operands: []pair.Operand{pair.Whole("COUNT", 1, 20)},
		Says:     "sends values through a channel, the last one with the channel's receiver, and holds its sender",
	},
	{
		Word:     "drop",
		Operands: []pair.Operand{pair.ID("VALUE")},
		Part:     pair.PartReleases,
		Says:     "drops a buffer, its first bytes, or a sender, which the first of its values names",
	},
	{
		Word: "settle",
		Part: pair.PartSettles,
		Says: "waits until everything unreachable is freed that ever is",
	},
}

// bufferBytes is the size of a buffer.
const bufferBytes = 8192

// buffer is a buffer whose bytes lie within the counted value.
type buffer = pair.Counted[[bufferBytes]byte]

// held is something that the script holds: one of these.
type held struct {
	buffer *buffer
	// header is a slice of a buffer, which it keeps alive.
	header   []byte
	receiver chan<- struct{}
	mailbox  chan<- letter
	// count is how many values it keeps alive, numbered from its own number on.
	count int
}

func parts(script *pair.Script, _ *pair.Out) error {
	tally, holding := script.Tally(), map[int]held{}
	for {
		line, err := script.ReadLine()
		if line == nil || err != nil {
			return err
		}
		if err := perform(holding, tally, script, line); err != nil {
			return err
		}
		script.Link(func(links *pair.Links) { draw(holding, links) })
	}
}

func perform(holding map[int]held, tally *pair.Tally, script *pair.Script, line *pair.Line) error {
	number := tally.Made() + 1
	switch line.Word {
	case "buffer":
		if err := script.Hold(1, bufferBytes); err != nil {
			return err
		}
		holding[number] = held{buffer: pair.NewCounted(tally, [bufferBytes]byte{}), count: 1}
	case "header":
		buffer := holding[line.Whole(0)].buffer
		if buffer == nil {
			return script.Refuse("%d is no buffer", line.Whole(0))
		}
		holding[line.Whole(0)] = held{header: buffer.Value[:headerBytes], count: 1}
	case "receiver":
		if err := script.Hold(1, bufferBytes); err != nil {
			return err
		}
		holding[number] = held{receiver: receiver(pair.NewCounted(tally, 0)), count: 1}
	case "mailbox":
		count := line.Whole(0)
		if err := script.Hold(count, count*bufferBytes); err != nil {
			return err
		}
		holding[number] = held{mailbox: mailbox(tally, count), count: count}
	case "drop":
		if _, ok := holding[line.Whole(0)]; !ok {
			return script.Refuse("%d is not held", line.Whole(0))
		}
		delete(holding, line.Whole(0))
	}
	return nil
}

// receiver starts a receiver that waits for a message and keeps a value meanwhile.
func receiver[T any](value *T) chan<- struct{} {
	messages := make(chan struct{})
	go func() {
		// Waits for ever where no sender is left, and keeps the value for ever.
		<-messages
		runtime.KeepAlive(value)
	}()
	return messages
}

// draw draws what the script holds.
func draw(holding map[int]held, links *pair.Links) {
	for number, held := range holding {
		for letter := range held.count {
			links.Hold(number + letter)
		}
	}
}
