// Twin: crates/destruction/tests/destruction.rs

package destruction_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"memory.example/pairs/destruction"
	"memory.example/pairs/pair"
)

// text need not be UTF-8.
const text = "text \xff"

// desk is a folder with the files a and b, and a note of what was closed.
type desk struct {
	*testing.T
	folder *pair.Folder
	order  []string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	folder, err := pair.NewFolder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { folder.Close() })
	d := &desk{T: t, folder: folder}
	d.must(os.WriteFile(d.path("a"), []byte(text), 0o644))
	d.must(os.WriteFile(d.path("b"), nil, 0o644))
	return d
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *desk) path(name string) string {
	return filepath.Join(d.folder.Path(), name)
}

func (d *desk) closed(path string) {
	d.order = append(d.order, filepath.Base(path))
}

func (d *desk) open() int {
	open, err := d.folder.Descriptors()
	d.must(err)
	return open
}

func TestAnOpenFileIsReadAndClosed(t *testing.T) {
	d := newDesk(t)
	file, err := destruction.OpenFile(d.path("a"), d.closed)
	d.must(err)
	if file.Path() != d.path("a") {
		t.Errorf("path %s", file.Path())
	}
	for _, expected := range []string{text, ""} {
		bytes, err := file.ReadAll()
		if err != nil || string(bytes) != expected {
			t.Errorf("read %q, %v, not %q", bytes, err, expected)
		}
	}
	if d.open() != 1 || len(d.order) != 0 {
		t.Errorf("%d open, closed %v", d.open(), d.order)
	}
	d.must(file.Close())
	if d.open() != 0 || len(d.order) != 1 {
		t.Errorf("%d open, closed %v", d.open(), d.order)
	}
}

func TestAMissingFileIsAnErrorAndClosesNothing(t *testing.T) {
	d := newDesk(t)
	_, err := destruction.OpenFile(d.path("missing"), d.closed)
	if !errors.Is(err, os.ErrNotExist) || len(d.order) != 0 {
		t.Errorf("%v, closed %v", err, d.order)
	}
}

func TestEveryWayOutClosesLastToFirst(t *testing.T) {
	type work = func(a, b *destruction.File) error
	nothing := func(a, b *destruction.File) error { return nil }
	broken := func(a, b *destruction.File) error { return errors.New("broken") }
	throwing := func(a, b *destruction.File) error { destruction.Throw(); return nil }
	cases := []struct {
		way      string
		files    [2]string
		work     work
		expected string
	}{
		{"the end", [2]string{"a", "b"}, nothing, "b a"},
		{"the end, the other way", [2]string{"b", "a"}, nothing, "a b"},
		{"the second is missing", [2]string{"a", "missing"}, nothing, "a"},
		{"the first is missing", [2]string{"missing", "a"}, nothing, ""},
		{"an error", [2]string{"a", "b"}, broken, "b a"},
		{"a panic", [2]string{"a", "b"}, throwing, "b a"},
	}
	for _, c := range cases {
		t.Run(c.way, func(t *testing.T) {
			d := newDesk(t)
			failed := false
			threw := destruction.Catch(func() {
				paths := [2]string{d.path(c.files[0]), d.path(c.files[1])}
				failed = destruction.Process(paths, d.closed, c.work) != nil
			})
			if closed := strings.Join(d.order, " "); closed != c.expected {
				t.Errorf("closed %q, not %q", closed, c.expected)
			}
			if d.open() != 0 {
				t.Errorf("%d open", d.open())
			}
			fails := c.way == "an error" || strings.HasSuffix(c.way, "missing")
			if threw != (c.way == "a panic") || failed != fails {
				t.Errorf("threw %t, failed %t", threw, failed)
			}
		})
	}
}

func TestAForgottenFileIsClosedInTheEnd(t *testing.T) {
	d := newDesk(t)
	d.must(destruction.Forget(d.path("a")))
	pair.Settle()
	if d.open() != 0 {
		t.Errorf("%d open", d.open())
	}
	if destruction.Forget(d.path("missing")) == nil {
		t.Error("a missing file is no error")
	}
}

func TestAnotherPanicIsNotCaught(t *testing.T) {
	defer func() {
		if bug := recover(); bug != "a real bug" {
			t.Errorf("recovered %v", bug)
		}
		if destruction.Catch(func() {}) {
			t.Error("caught what nobody threw")
		}
	}()
	destruction.Catch(func() { panic("a real bug") })
	t.Error("the panic did not go on")
}

func TestAPanicOfTheCallbackClosesEveryFileAndGoesOn(t *testing.T) {
	// The files at whose closing it panics, on two ways out.
	for _, c := range []struct {
		panics string
		throws bool
	}{{"b", false}, {"a", false}, {"a b", false}, {"a b", true}} {
		d := newDesk(t)
		closed := func(path string) {
			d.closed(path)
			if strings.Contains(c.panics, filepath.Base(path)) {
				panic("on purpose")
			}
		}
		panicked := func() (panicked any) {
			defer func() { panicked = recover() }()
			paths := [2]string{d.path("a"), d.path("b")}
			return destruction.Process(paths, closed, func(a, b *destruction.File) error {
				if c.throws {
					destruction.Throw()
				}
				return nil
			})
		}()
		if panicked == nil {
			t.Errorf("%+v: no panic", c)
		}
		if order := strings.Join(d.order, " "); d.open() != 0 || order != "b a" {
			t.Errorf("%+v: %d open, closed %s", c, d.open(), order)
		}
	}
}

func ExampleCatch() {
	threw := destruction.Catch(func() {
		defer fmt.Println("deferred")
		destruction.Throw()
	})
	fmt.Println(threw)
	// Output:
	// deferred
	// true
}
