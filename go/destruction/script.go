// Twin: crates/destruction/src/script.rs

package destruction

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"memory.example/pairs/pair"
)

// Operations are the operations of scripts.
var Operations = []pair.Operation{
	{
		Word:     "write",
		Operands: []pair.Operand{name, pair.Name("TEXT", 64)},
		Says:     "makes a file that holds this text, or writes it anew; refused after 10000 times",
	},
	{
		Word:     "open",
		Operands: []pair.Operand{name},
		Says:     "opens a file that its scope closes, and prints that; refused if 100 are open or forgotten since the last settle; if there is none, does what fail does, with the system's reason",
	},
	{
		Word:     "read",
		Operands: []pair.Operand{name},
		Says:     "reads what is left of a file of this scope, the one opened last under this name, and prints it in quotes; refused if there is none",
	},
	{
		Word:     "close",
		Operands: []pair.Operand{name},
		Says:     "closes such a file before its scope ends, and prints that; refused if there is none",
	},
	{
		Word: "scope",
		Says: "begins a scope inside this one, at most 100 deep",
	},
	{
		Word: "end",
		Says: "ends the scope and closes its files, the one opened last first, and prints each; refused outside of every scope",
	},
	{
		Word: "return",
		Says: "leaves the scope before its end, which closes the same files in the same order; refused outside of every scope",
	},
	{
		Word: "fail",
		Says: "returns an error through every scope, which closes all files, and prints it; the script goes on outside of every scope",
	},
	{
		Word: "panic",
		Says: "panics through every scope, which closes all files, and prints that it was caught; the script goes on outside of every scope",
	},
	{
		Word:     "forget",
		Operands: []pair.Operand{name},
		Part:     pair.PartReleases,
		Says:     "opens a file that nobody keeps and nobody closes, and which counts as open until settle; refused and fails as open does",
	},
	{
		Word: "settle",
		Part: pair.PartSettles,
		Says: "waits until every forgotten file is closed",
	},
	{
		Word: "descriptors",
		Part: pair.PartNeedsSettle,
		Says: "prints the number of open files that the system counts",
	},
}

// Commands are those that only this topic has.
var Commands = []pair.Command{{
	Usage: "exit",
	Says:  "opens a file and ends the process inside the scope",
	Run:   exit,
}, parts}

var name = pair.Name("NAME", 32)

const (
	maxDepth  = 100
	maxOpen   = 100
	maxWrites = 10_000
)

// Demo prints what the section shows.
func Demo(out *pair.Out) error {
	desk, err := newDesk(out)
	if err != nil {
		return err
	}
	defer desk.folder.Close()
	if err := errors.Join(desk.write("one", "1"), desk.write("two", "2")); err != nil {
		return err
	}
	one, two, missing := desk.path("one"), desk.path("two"), desk.path("missing")
	ends := func(way string, err error) error {
		ended := "done"
		if err != nil {
			ended = pair.Reason(err)
		}
		open, err := desk.folder.Descriptors()
		out.Line("%s: %s, %d open", way, ended, open)
		return err
	}

	err = Process([2]string{one, two}, desk.closed, func(a, b *File) error {
		first, errFirst := a.ReadAll()
		second, errSecond := b.ReadAll()
		out.Line("read %s and %s", first, second)
		return errors.Join(errFirst, errSecond)
	})
	if err := ends("the end", err); err != nil {
		return err
	}
	err = Process([2]string{one, missing}, desk.closed, func(a, b *File) error { return nil })
	if err := ends("an early return", err); err != nil {
		return err
	}
	err = Process([2]string{one, two}, desk.closed, func(a, b *File) error { return Forget(missing) })
	if err := ends("an error of the work", err); err != nil {
		return err
	}

	threw := Catch(func() {
		_ = Process([2]string{one, two}, desk.closed, func(a, b *File) error {
			Throw()
			return nil
		})
	})
	open, err := desk.folder.Descriptors()
	if err != nil {
		return err
	}
	out.Line("a panic: caught %t, %d open", threw, open)

	if err := Forget(one); err != nil {
		return err
	}
	pair.Settle()
	return ends("a forgotten file, in the end", nil)
}

// exit ends the process while a file is open: nothing more is said.
func exit(arguments []string, out *pair.Out) error {
	flags, err := pair.ParseFlags(arguments, nil, nil)
	if err != nil {
		return err
	}
	if err := flags.AtMost(0); err != nil {
		return err
	}
	file, err := OpenFile("/dev/null", func(string) {
		out.Line("closed")
		_ = out.Finish()
	})
	if err != nil {
		return err
	}
	defer file.Close()
	out.Line("opened %s", file.Path())
	if err := out.Finish(); err != nil {
		return err
	}
	os.Exit(0)
	return nil
}

// Replay performs a script.
func Replay(script *pair.Script, out *pair.Out) error {
	desk, err := newDesk(out)
	if err != nil {
		return err
	}
	defer desk.folder.Close()
	desk.tally = script.Tally()
	script.Look(desk.folder.Look())
	// What this script forgot must not count among the open files of the next one of a batch.
	defer func() {
		if desk.forgotten > 0 {
			pair.Settle()
		}
	}()
	for {
		var left error
		threw := Catch(func() { left = desk.scope(script, 0) })
		_, refused := errors.AsType[*pair.Stop](left)
		switch {
		case threw:
			out.Line("caught a panic")
		case errors.Is(left, errOver):
			return nil
		case refused:
			return left
		default:
			out.Line("failed: %s", pair.Reason(left))
		}
	}
}

var (
	errOver    = errors.New("the script is over")
	errPurpose = errors.New("on purpose")
)

// desk is what all scopes share.
type desk struct {
	folder    *pair.Folder
	out       *pair.Out
	writes    int
	open      int
	forgotten int
	// tally counts the files that were opened. When one is closed, the system tells.
	tally *pair.Tally
}

func newDesk(out *pair.Out) (*desk, error) {
	folder, err := pair.NewFolder()
	return &desk{folder: folder, out: out, tally: pair.NewTally()}, err
}

// scope performs lines until the scope is left; what it opened is then closed, however that happens.
func (d *desk) scope(script *pair.Script, depth int) error {
	var files []*File
	for {
		line, err := script.ReadLine()
		if err != nil {
			return err
		}
		if line == nil {
			return errOver
		}
		switch line.Word {
		case "scope":
			if depth == maxDepth {
				return script.Refuse("more than %d scopes inside each other", maxDepth)
			}
			err = d.scope(script, depth+1)
		case "end", "return":
			if depth == 0 {
				return script.Refuse("no scope is open")
			}
			return nil
		case "fail":
			return errPurpose
		case "panic":
			Throw()
		case "open":
			file, err := d.openFile(script, line.Name(0))
			if err != nil {
				return err
			}
			// All run at the end of this call, last to first: the scope is the function, not the loop.
			defer file.Close()
			files = append(files, file)
		case "read":
			place := find(files, line.Name(0))
			if place < 0 {
				return script.Refuse("%s is not open in this scope", pair.Quote(line.Name(0)))
			}
			bytes, err := files[place].ReadAll()
			if err != nil {
				return err
			}
			d.out.Line("read %s", pair.Quote(string(bytes)))
		case "close":
			place := find(files, line.Name(0))
			if place < 0 {
				return script.Refuse("%s is not open in this scope", pair.Quote(line.Name(0)))
			}
			err = files[place].Close()
			files = slices.Delete(files, place, place+1)
		default:
			err = d.perform(script, line)
		}
		if err != nil {
			return err
		}
	}
}

// openFile opens a file, if the line may.
func (d *desk) openFile(script *pair.Script, name string) (*File, error) {
	if err := d.oneMore(script); err != nil {
		return nil, err
	}
	file, err := OpenFile(d.path(name), d.closed)
	if err != nil {
		return nil, err
	}
	d.tally.CountMade(name)
	d.open++
	d.out.Line("opened %s", filepath.Base(file.Path()))
	return file, nil
}

// perform performs a line that concerns no scope.
func (d *desk) perform(script *pair.Script, line *pair.Line) error {
	switch line.Word {
	case "write":
		if d.writes == maxWrites {
			return script.Refuse("more than %d files written", maxWrites)
		}
		d.writes++
		return d.write(line.Name(0), line.Name(1))
	case "forget":
		if err := d.oneMore(script); err != nil {
			return err
		}
		if err := Forget(d.path(line.Name(0))); err != nil {
			return err
		}
		d.tally.CountMade(line.Name(0))
		d.forgotten++
	case "settle":
		d.forgotten = 0
	case "descriptors":
		open, err := d.folder.Descriptors()
		if err != nil {
			return err
		}
		d.out.Line("%d open", open)
	default:
		return script.Unknown(line.Word)
	}
	return nil
}

// oneMore refuses the line if it would open one file too many.
func (d *desk) oneMore(script *pair.Script) error {
	if d.open+d.forgotten == maxOpen {
		return script.Refuse("more than %d files open", maxOpen)
	}
	return nil
}

func (d *desk) closed(path string) {
	d.open--
	d.out.Line("closed %s", filepath.Base(path))
}

func (d *desk) write(name, text string) error {
	return os.WriteFile(d.path(name), []byte(text), 0o644)
}

func (d *desk) path(name string) string {
	return filepath.Join(d.folder.Path(), name)
}

// find tells where the file stands in its scope, the one that was opened last under this name.
func find(files []*File, name string) int {
	for place, file := range slices.Backward(files) {
		if filepath.Base(file.Path()) == name {
			return place
		}
	}
	return -1
}
