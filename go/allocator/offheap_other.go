// Twin: crates/allocator/src/contrast.rs

//go:build !(linux || darwin || freebsd)

package allocator

import "memory.example/pairs/pair"

// offHeap says that this system is not supported.
func offHeap(int) ([]byte, error) {
	return nil, pair.Failed("memory off the heap needs Linux, macOS or FreeBSD")
}

// unmap has nothing to give back.
func unmap([]byte) error {
	return nil
}
