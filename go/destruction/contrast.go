// Twin: crates/destruction/src/contrast.rs

package destruction

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"

	"memory.example/pairs/pair"
)

// Contrast prints the facts that differ.
func Contrast(facts *pair.Facts) error {
	folder, err := pair.NewFolder()
	if err != nil {
		return err
	}
	defer folder.Close()
	paths := make([]string, (facts.Count()+99)/100)
	for i := range paths {
		paths[i] = filepath.Join(folder.Path(), strconv.Itoa(i+1))
		if err := os.WriteFile(paths[i], nil, 0o644); err != nil {
			return err
		}
	}
	// No collection comes by itself between the forgetting and the count.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	add := func(name string, ask func(*pair.Folder, []string) (string, error)) error {
		value, err := ask(folder, paths)
		facts.Add(fmt.Sprintf(name, len(paths)), value)
		return err
	}
	err = errors.Join(
		add("descriptors when %d files were forgotten, and after settle", forgotten),
		add("descriptors in a block that opened %d files, and behind it", behindBlock),
		add("descriptors in a loop that opened %d files, and behind its break", behindLoop),
		add("a list of %d files that goes closes", list),
		add("descriptors of %d files that nobody will ever close, after settle", kept),
	)
	chains(facts, len(paths))
	return err
}

// open opens the files, and lets the caller close them.
func open(paths []string) ([]*os.File, error) {
	var files []*os.File
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			return files, err
		}
		files = append(files, file)
	}
	return files, nil
}

func closeAll(files []*os.File) {
	for _, file := range files {
		file.Close()
	}
}

// both tells two counts.
func both(first int, folder *pair.Folder) (string, error) {
	second, err := folder.Descriptors()
	return fmt.Sprintf("%d, %d", first, second), err
}

func forgotten(folder *pair.Folder, paths []string) (string, error) {
	for _, path := range paths {
		if err := Forget(path); err != nil {
			return "", err
		}
	}
	atOnce, err := folder.Descriptors()
	if err != nil {
		return "", err
	}
	pair.Settle()
	return both(atOnce, folder)
}

// behindBlock counts descriptors in a block, and where it has ended, but not the function.
func behindBlock(folder *pair.Folder, paths []string) (string, error) {
	inside := 0
	{
		files, err := open(paths)
		if err != nil {
			return "", err
		}
		defer closeAll(files)
		if inside, err = folder.Descriptors(); err != nil {
			return "", err
		}
	}
	return both(inside, folder)
}

// behindLoop counts descriptors in a loop, and where a break left it, but not the function.
func behindLoop(folder *pair.Folder, paths []string) (string, error) {
	inside := 0
	for {
		files, err := open(paths)
		defer closeAll(files)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return "", err
		}
		if inside, err = folder.Descriptors(); err != nil {
			return "", err
		}
		break
	}
	return both(inside, folder)
}

// list tells the order in which the files of a slice are closed, or none.
func list(_ *pair.Folder, paths []string) (string, error) {
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
		return "none", nil
	}
	return strings.Join(order, " "), nil
}

// kept counts the descriptors of files to which somebody refers for ever.
func kept(folder *pair.Folder, paths []string) (string, error) {
	files, err := open(paths)
	if err != nil {
		return "", err
	}
	defer closeAll(files)
	pair.Settle()
	open, err := folder.Descriptors()
	return strconv.Itoa(open), err
}
