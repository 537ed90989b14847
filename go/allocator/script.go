// Twin: crates/allocator/src/script.rs

package allocator

import (
	"fmt"
	"math/bits"

	"memory.example/pairs/pair"
)

// Operations are the operations of scripts.
var Operations = []pair.Operation{
	{
		Word:     "alloc",
		Operands: []pair.Operand{pair.Whole("SIZE", 1, 65_536), pair.Whole("ALIGN", 1, 4096)},
		Says:     "hands out SIZE of the arena's 65536 bytes at the next multiple of ALIGN and prints the block's number, from 1, and place, or no room; refused if ALIGN is no power of two",
	},
	{
		Word:     "fill",
		Operands: []pair.Operand{pair.ID("BLOCK"), pair.Whole("BYTE", 0, 255)},
		Says:     "writes BYTE into every byte of a block",
	},
	{
		Word:     "sum",
		Operands: []pair.Operand{pair.ID("BLOCK")},
		Says:     "prints the sum of a block's bytes, which an arena does not clear",
	},
	{
		Word:     "free",
		Operands: []pair.Operand{pair.ID("BLOCK")},
		Says:     "forgets a block; its bytes come back with \"reset\" only, and within a mark it stays forgotten after it",
	},
	{
		Word: "mark",
		Says: "remembers how far the arena is used, at most 100 marks at once",
	},
	{
		Word: "reset",
		Says: "returns to the last mark and removes it, or to the start if there is no mark; forgets all blocks since",
	},
	{
		Word: "stats",
		Says: "prints the number of used bytes, gaps included, and the number and bytes of live blocks",
	},
}

const (
	// arenaSize is the size of a script's arena.
	arenaSize = 1 << 16
	// page is where it starts: at a multiple of this, so that places are the same in both languages.
	page = 4096
	// maxMarks is how many marks may be open.
	maxMarks = 100
	// count and blockSize are how many blocks the demo asks for, and of what size.
	count     = 1000
	blockSize = 64
)

// Demo prints what the section shows.
func Demo(out *pair.Out) error {
	memory := make([]byte, arenaSize+page)
	arena, err := onAPage(memory)
	if err != nil {
		return err
	}
	for _, want := range [][2]int{{5, 1}, {8, 8}, {3, 1}, {16, 64}} {
		size, align := want[0], want[1]
		out.Line("%d bytes at a multiple of %d: %s", size, align, alloc(arena, size, align))
	}

	scope := arena.Scope()
	out.Line("1000 bytes in a scope: %s", alloc(scope, 1000, 8))
	out.Line("8 bytes after the scope: %s", alloc(arena, 8, 8))
	out.Line("%d bytes more: %s", arenaSize, alloc(arena, arenaSize, 1))

	arena, err = onAPage(memory)
	if err != nil {
		return err
	}
	fromArena := RequestsOf(func() {
		for range count {
			arena.Alloc(blockSize, 8)
		}
	})
	used := arenaSize - arena.Left()
	// Kept, or the compiler would put the blocks on the stack.
	kept := make([]*[blockSize]byte, 0, count)
	fromHeap := RequestsOf(func() {
		for range count {
			kept = append(kept, new([blockSize]byte))
		}
	})
	out.Line("%d blocks from the arena: %d bytes of it, %d requests to the heap", count, used, fromArena.Blocks)
	out.Line("%d blocks from the heap: %d bytes in %d requests", count, fromHeap.Bytes, fromHeap.Blocks)
	return nil
}

// Replay performs a script.
func Replay(script *pair.Script, out *pair.Out) error {
	arena, err := onAPage(make([]byte, arenaSize+page))
	if err != nil {
		return err
	}
	r := &replay{arena: arena.Scope(), blocks: map[int][]byte{}, marks: []mark{{arena: arena}}}
	for {
		line, err := script.ReadLine()
		if line == nil || err != nil {
			return err
		}
		if err := r.perform(script, line, out); err != nil {
			return err
		}
		// What the arena has used up, and how many blocks live.
		script.Figure("bytes", arenaSize-r.arena.Left())
		script.Figure("blocks", len(r.blocks))
	}
}

// replay holds the blocks of a script; it has to forget them itself when their scope ends.
type replay struct {
	arena  *Arena
	blocks map[int][]byte
	made   int
	marks  []mark
}

// mark is the arena as it was, and how many blocks had been made; the first is the start.
type mark struct {
	arena *Arena
	made  int
}

func (r *replay) perform(script *pair.Script, line *pair.Line, out *pair.Out) error {
	switch line.Word {
	case "alloc":
		size, align := line.Whole(0), line.Whole(1)
		if bits.OnesCount(uint(align)) != 1 {
			return script.Refuse(`ALIGN: "%d" is not a power of two`, align)
		}
		block, ok := r.arena.Alloc(size, align)
		if !ok {
			out.Line("%s", place(r.arena, block, ok))
			return nil
		}
		r.made++
		r.blocks[r.made] = block
		out.Line("block %d %s", r.made, place(r.arena, block, ok))
		return nil
	case "mark":
		if len(r.marks) > maxMarks {
			return script.Refuse("more than %d marks", maxMarks)
		}
		r.marks = append(r.marks, mark{r.arena, r.made})
		r.arena = r.arena.Scope()
		return nil
	case "reset":
		r.reset()
		return nil
	case "stats":
		alive := 0
		for _, block := range r.blocks {
			alive += len(block)
		}
		used := arenaSize - r.arena.Left()
		out.Line("%d of %d bytes used, %d blocks of %d bytes alive", used, arenaSize, len(r.blocks), alive)
		return nil
	}
	number := line.Whole(0)
	block, ok := r.blocks[number]
	if !ok {
		return script.NotAlive(number)
	}
	switch line.Word {
	case "fill":
		for i := range block {
			block[i] = byte(line.Whole(1))
		}
	case "sum":
		sum := 0
		for _, b := range block {
			sum += int(b)
		}
		out.Line("sum %d", sum)
	case "free":
		delete(r.blocks, number)
	default:
		return script.Unknown(line.Word)
	}
	return nil
}

// reset goes back to the last mark, which is gone then, or to the start, which stays.
func (r *replay) reset() {
	last := r.marks[len(r.marks)-1]
	if len(r.marks) == 1 {
		r.arena = last.arena.Scope()
	} else {
		r.arena = last.arena
		r.marks = r.marks[:len(r.marks)-1]
	}
	for number := range r.blocks {
		if number > last.made {
			delete(r.blocks, number)
		}
	}
}

// onAPage returns an arena that starts at a multiple of a page.
func onAPage(memory []byte) (*Arena, error) {
	block, ok := NewArena(memory).Alloc(arenaSize, page)
	if !ok {
		return nil, pair.Failed("no room for the arena")
	}
	return NewArena(block), nil
}

// alloc tells where the arena puts a block.
func alloc(arena *Arena, size, align int) string {
	block, ok := arena.Alloc(size, align)
	return place(arena, block, ok)
}

// place tells where the block that was handed out last lies, or that there was no room.
func place(arena *Arena, block []byte, ok bool) string {
	if !ok {
		return "no room"
	}
	return fmt.Sprintf("at %d", arenaSize-arena.Left()-len(block))
}
