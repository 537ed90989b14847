// A bare program: grows a list of nodes of 16 bytes, and waits before and after it for a line from
// its observer.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
)

type node struct {
	value int
	next  *node
}

var lines = bufio.NewReader(os.Stdin)

func wait(says string) {
	fmt.Println(says)
	if _, err := lines.ReadString('\n'); err != nil {
		panic(err)
	}
}

func main() {
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	wait("empty")
	var head *node
	for value := range count {
		head = &node{value, head}
	}
	wait("grown")
	sum := 0
	for n := head; n != nil; n = n.next {
		sum += n.value
	}
	fmt.Println(sum)
}
