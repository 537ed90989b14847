// Twin: crates/pair/src/folder.rs

package pair

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Folder is a temporary folder of the program's own, removed by Close.
type Folder struct {
	path string
}

// NewFolder makes the folder.
func NewFolder() (*Folder, error) {
	path, err := makeFolder(os.TempDir())
	if err != nil {
		return nil, Failed("no folder can be made in %s: %s", Quote(os.TempDir()), Reason(err))
	}
	return &Folder{path}, nil
}

// Path returns where it is.
func (f *Folder) Path() string {
	return f.path
}

// Descriptors returns how many descriptors of this process lead into the folder; it needs Linux's /proc.
func (f *Folder) Descriptors() (int, error) {
	all, err := f.descriptors()
	return len(all), err
}

// Look looks after values that are files of this folder, opened one at a time: it counts each as freed once
// the system has closed its descriptor.
func (f *Folder) Look() func(*Tally) {
	known := 0
	open := map[string]int{}
	return func(tally *Tally) {
		now, err := f.descriptors()
		if err != nil {
			return
		}
		for descriptor, value := range open {
			if !slices.Contains(now, descriptor) {
				tally.CountFreed(value)
				delete(open, descriptor)
			}
		}
		isKnown := func(descriptor string) bool { _, ok := open[descriptor]; return ok }
		now = slices.DeleteFunc(now, isKnown)
		for ; known < tally.Made(); known++ {
			if len(now) == 0 {
				// It was closed before we looked.
				tally.CountFreed(known + 1)
				continue
			}
			open[now[0]] = known + 1
			now = now[1:]
		}
	}
}

// descriptors returns the descriptors of this process that lead into the folder.
func (f *Folder) descriptors() ([]string, error) {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil, err
	}
	var all []string
	for _, entry := range entries {
		// The descriptor that reads this list is gone when we ask.
		target, err := os.Readlink(filepath.Join("/proc/self/fd", entry.Name()))
		if err == nil && strings.HasPrefix(target, f.path+"/") {
			all = append(all, entry.Name())
		}
	}
	return all, nil
}

// Close removes the folder.
func (f *Folder) Close() error {
	return os.RemoveAll(f.path)
}

func makeFolder(place string) (string, error) {
	// The system says more about what is wrong than EvalSymlinks.
	if _, err := os.Stat(place); err != nil {
		return "", err
	}
	// As the system names it: the paths of descriptors have no links.
	place, err := filepath.EvalSymlinks(place)
	if err != nil {
		return "", err
	}
	place, err = filepath.Abs(place)
	if err != nil {
		return "", err
	}
	return os.MkdirTemp(place, "pair-")
}
