// Fix: Give it a limit; where the newest must stay, let the oldest go as the pair does.
// Answer: run prints 100 values are kept
package main

import "fmt"

var cache = map[string][]byte{}

func load(key string) int {
	if _, ok := cache[key]; !ok {
		if len(cache) == 100 {
			clear(cache)
		}
		cache[key] = make([]byte, 1024)
	}
	return len(cache[key])
}

func main() {
	for number := range 1_000 {
		load(fmt.Sprintf("user-%d", number))
	}
	fmt.Println(len(cache), "values are kept")
}
