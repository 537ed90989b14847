// Mistake: a context that nobody cancels stays with its parent.
// Answer: vet the cancel function
package main

import (
	"context"
	"fmt"
)

func main() {
	ctx, _ := context.WithCancel(context.Background()) // <- here
	fmt.Println(ctx.Err())
}
