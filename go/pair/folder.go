// Twin: crates/pair/src/folder.rs

package pair

import (
	"os"
	"path/filepath"
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
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0, err
	}
	count := 0
	for _, entry := range entries {
		// The descriptor that reads this list is gone when we ask.
		target, err := os.Readlink(filepath.Join("/proc/self/fd", entry.Name()))
		if err == nil && strings.HasPrefix(target, f.path+"/") {
			count++
		}
	}
	return count, nil
}

// Close removes the folder.
func (f *Folder) Close() error {
	return os.RemoveAll(f.path)
}

func makeFolder(place string) (string, error) {
	// The system tells more of what is wrong than EvalSymlinks.
	if _, err := os.Stat(place); err != nil {
		return "", err
	}
	// As the system names it: it tells descriptors without links in their paths.
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
