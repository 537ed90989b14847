// Mistake: as in the article, the handler of "/" is meant for one path and one method; it takes all.
// Answer: run prints DELETE /no/such/path: 200
package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "OK")
	})
	answer := httptest.NewRecorder()
	request := httptest.NewRequest("DELETE", "/no/such/path", nil)
	http.DefaultServeMux.ServeHTTP(answer, request)
	fmt.Printf("%s %s: %d\n", request.Method, request.URL, answer.Code)
}
