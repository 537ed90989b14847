// Twin: crates/destruction/src/parts.rs

package destruction

import (
	"errors"

	"memory.example/pairs/pair"
)

// parts traces scripts in which the languages part, over the files of the contrast.
var parts = pair.Parts(partsOperations, replayParts)

var partsOperations = []pair.Operation{
	{
		Word:     "open",
		Operands: []pair.Operand{name},
		Says:     "makes a file and opens it; Go defers its closing, in Rust it belongs to the block",
	},
	{
		Word: "block",
		Says: "begins a block of the function; refused inside of one",
	},
	{
		Word: "end",
		Says: "ends the block, and the function goes on; refused outside of every block",
	},
	{
		Word: "return",
		Says: "leaves the function, which is called anew; refused inside of a block",
	},
	{
		Word: "settle",
		Part: pair.PartSettles,
		Says: "waits until what nothing refers to is closed",
	},
}

func replayParts(script *pair.Script, out *pair.Out) error {
	desk, err := newDesk(out)
	if err != nil {
		return err
	}
	defer desk.folder.Close()
	desk.tally = script.Tally()
	script.Look(desk.folder.Look())
	for {
		if err := desk.call(script); errors.Is(err, errOver) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// call is one call of a function, up to its return.
func (d *desk) call(script *pair.Script) error {
	for {
		line, err := script.ReadLine()
		if err != nil {
			return err
		}
		if line == nil {
			return errOver
		}
		switch line.Word {
		case "open":
			file, err := d.openNew(script, line.Name(0))
			if err != nil {
				return err
			}
			defer file.Close()
		case "block":
			for {
				line, err := script.ReadLine()
				if err != nil {
					return err
				}
				if line == nil {
					return errOver
				}
				if line.Word == "end" {
					break
				}
				if line.Word == "block" || line.Word == "return" {
					return script.Refuse("a block is open")
				}
				if line.Word == "open" {
					file, err := d.openNew(script, line.Name(0))
					if err != nil {
						return err
					}
					// Not at the end of the block: at the end of the function.
					defer file.Close()
				}
			}
		case "return":
			return nil
		case "end":
			return script.Refuse("no block is open")
		}
	}
}

// openNew makes a file and opens it.
func (d *desk) openNew(script *pair.Script, name string) (*File, error) {
	if err := d.write(name, ""); err != nil {
		return nil, err
	}
	return d.openFile(script, name)
}
