// Fix: Name the method, and end the path with `{$}`.
// Answer: run prints DELETE /no/such/path: 404
package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
)

func main() {
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "OK")
	})
	answer := httptest.NewRecorder()
	request := httptest.NewRequest("DELETE", "/no/such/path", nil)
	http.DefaultServeMux.ServeHTTP(answer, request)
	fmt.Printf("%s %s: %d\n", request.Method, request.URL, answer.Code)
}
