// Mistake: the answer's body is closed before anybody knows that there is an answer.
// Answer: vet using answer before checking for errors
package main

import (
	"fmt"
	"net/http"
)

func main() {
	answer, err := http.Get("http://127.0.0.1:8080/health")
	defer answer.Body.Close() // <- here
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(answer.Status)
}
