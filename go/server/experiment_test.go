package server

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"memory.example/pairs/pair"
)

// used returns a buffer of two cache lines, wholly dirty, after one request.
func used(t *testing.T, argument string) []byte {
	t.Helper()
	arguments := []string{"--payload=128", argument}
	flags, err := pair.ParseFlags(arguments, experimentFlags, experimentSwitches)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := newExperiment(flags)
	if err != nil {
		t.Fatal(err)
	}
	buffer := bytes.Repeat([]byte{7}, 128)
	// The pool may forget at any time what it was given.
	for buffer[0] == 7 {
		asked.pool.Put(&buffer)
		asked.handle(0)
	}
	return buffer
}

func TestAPooledBufferIsClearedAndTouched(t *testing.T) {
	expected := make([]byte, 128)
	Touch(expected)
	if got := used(t, "--pooled"); !bytes.Equal(got, expected) {
		t.Errorf("%v, want %v", got, expected)
	}
}

func TestAnUnclearedBufferIsOnlyTouched(t *testing.T) {
	expected := bytes.Repeat([]byte{7}, 128)
	Touch(expected)
	if got := used(t, "--pooled-uncleared"); !bytes.Equal(got, expected) {
		t.Errorf("%v, want %v", got, expected)
	}
}

func TestEveryRequestTouchesItsMemory(t *testing.T) {
	var seen []byte
	defer func(before func([]byte)) { blackBox = before }(blackBox)
	blackBox = func(data []byte) { seen = data }
	asked := &experiment{payload: Payload}
	for name, handler := range map[string]http.Handler{
		"the article's":    Routes(&Site{}),
		"the experiment's": asked.answer(&Site{}),
	} {
		want := make([]byte, Payload)
		Touch(want)
		seen = nil
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		if !bytes.Equal(seen, want) {
			t.Errorf("%s: %d bytes, not all of them touched", name, len(seen))
		}
	}
}
