// Fix: Defer the closing when it is known that there is an answer.
// Answer: run exit 0
package main

import (
	"fmt"
	"net/http"
)

func main() {
	answer, err := http.Get("http://127.0.0.1:8080/health")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer answer.Body.Close()
	fmt.Println(answer.Status)
}
