// Twin: crates/allocator/src/contrast.rs

//go:build linux || darwin || freebsd

package allocator

import "syscall"

// offHeap returns memory from the system, which the collector knows nothing of.
func offHeap(size int) ([]byte, error) {
	protection := syscall.PROT_READ | syscall.PROT_WRITE
	return syscall.Mmap(-1, 0, size, protection, syscall.MAP_ANON|syscall.MAP_PRIVATE)
}

// unmap gives it back.
func unmap(memory []byte) error {
	return syscall.Munmap(memory)
}
