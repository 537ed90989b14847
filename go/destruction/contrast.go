// Twin: crates/destruction/src/contrast.rs

package destruction

import (
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"

	"memory.example/pairs/pair"
)

// Contrast tells the facts that differ.
func Contrast(facts *pair.Facts) error {
	folder, err := pair.NewFolder()
	if err != nil {
		return err
	}
	defer folder.Close()
	var paths []string
	for _, name := range []string{"a", "b", "c"} {
		path := filepath.Join(folder.Path(), name)
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			return err
		}
		paths = append(paths, path)
	}

	// No collection comes by itself between the forgetting and the count.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	if err := Forget(paths[0]); err != nil {
		return err
	}
	open, err := folder.Descriptors()
	if err != nil {
		return err
	}
	facts.Add("descriptors right after a file was forgotten", open)
	pair.Settle()
	if open, err = folder.Descriptors(); err != nil {
		return err
	}
	facts.Add("descriptors after settle", open)

	if open, err = behindBlock(folder, paths[0]); err != nil {
		return err
	}
	facts.Add("descriptors behind an inner block that opened a file", open)
	if open, err = behindLoop(folder, paths[0]); err != nil {
		return err
	}
	facts.Add("descriptors behind a loop that a break left", open)

	order, err := list(paths)
	if err != nil {
		return err
	}
	facts.Add("a list of three files is closed in the order", order)
	again, err := closeTwice(paths[0])
	if err != nil {
		return err
	}
	facts.Add("a second close", again)
	facts.Add("a caught panic was told to a hook", "there is no hook")
	facts.Add("descriptors after mem::forget and settle", "there is no mem::forget")
	return nil
}

// behindBlock counts descriptors where a block has ended, but not the function.
func behindBlock(folder *pair.Folder, path string) (int, error) {
	{
		file, err := os.Open(path)
		if err != nil {
			return 0, err
		}
		defer file.Close()
	}
	return folder.Descriptors()
}

// behindLoop counts descriptors where a loop was left by a break, but not the function.
func behindLoop(folder *pair.Folder, path string) (int, error) {
	for {
		file, err := os.Open(path)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return 0, err
		}
		defer file.Close()
		break
	}
	return folder.Descriptors()
}

// list tells the order in which the files of a slice are closed.
func list(paths []string) (string, error) {
	var order []string
	closed := func(path string) { order = append(order, filepath.Base(path)) }
	var files []*File
	for _, path := range paths {
		file, err := OpenFile(path, closed)
		if err != nil {
			return "", err
		}
		files = append(files, file)
	}
	clear(files)
	pair.Settle()
	if order == nil {
		return "none: nobody calls Close", nil
	}
	return strings.Join(order, " "), nil
}

// closeTwice tells what the second close says.
func closeTwice(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	if err := file.Close(); err != nil {
		return "", err
	}
	if !errors.Is(file.Close(), os.ErrClosed) {
		return "no error", nil
	}
	return os.ErrClosed.Error(), nil
}
