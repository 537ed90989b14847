// Fix: Keep the function, and call it in the end.
// Answer: run prints <nil>
package main

import (
	"context"
	"fmt"
)

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	fmt.Println(ctx.Err())
}
