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
	path, err := os.MkdirTemp("", "pair-")
	if err != nil {
		return nil, err
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
