// Mistake: a cache from which nothing is ever removed.
// Answer: silent
package main

import "fmt"

var cache = map[string][]byte{}

func load(key string) int {
	if _, ok := cache[key]; !ok {
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
