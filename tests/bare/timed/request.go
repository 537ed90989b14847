// Touches a fresh MiB for each request, a byte in each cache line.
package main

var kept []byte

func main() {
	samples(func(count int) int {
		for range count {
			data := make([]byte, 1<<20)
			for at := 0; at < len(data); at += 64 {
				data[at] = 1
			}
			kept = data
		}
		return count
	}, itself)
}
