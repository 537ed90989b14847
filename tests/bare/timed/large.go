// Fills one large buffer, reads a byte of each cache line and lets it go.
package main

import "bytes"

func main() {
	samples(func(size int) int {
		data := bytes.Repeat([]byte{1}, size)
		sum := 0
		for at := 0; at < len(data); at += 64 {
			sum += int(data[at])
		}
		return sum
	}, itself)
}
