// Twin: crates/server/src/limits.rs

package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// limitedServer has ended only when all its connections have.
type limitedServer struct {
	*http.Server
	limited *limitedListener
}

// newServer sets the limits; but for the number of connections and the end of an answer net/http has them
// all.
func newServer(
	limits Limits, listener net.Listener, routes http.Handler,
) (limitedServer, *limitedListener) {
	limits = sensible(limits)
	limited := limitListener(listener, limits)
	server := &http.Server{
		Handler:           routes,
		ReadHeaderTimeout: limits.Head,
		ReadTimeout:       limits.Body,
		IdleTimeout:       limits.Idle,
		MaxHeaderBytes:    128 << 10, // as much as actix takes
	}
	return limitedServer{server, limited}, limited
}

// maxConnections is the largest limit for connections; a larger one counts as this.
const maxConnections = 1_000_000

// sensible returns limits that make sense: times from a millisecond to a day, and a number of connections in its
// range.
func sensible(limits Limits) Limits {
	clamp := func(t time.Duration) time.Duration { return min(max(t, time.Millisecond), 24*time.Hour) }
	return Limits{
		Head:        clamp(limits.Head),
		Body:        clamp(limits.Body),
		Idle:        clamp(limits.Idle),
		Connections: min(max(limits.Connections, 1), maxConnections),
	}
}

// limitedListener takes a new connection only when there is a place for it. That of x/net/netutil hides
// CloseWrite, without which a client that still sends may lose the answer that refuses it.
type limitedListener struct {
	net.Listener
	places chan struct{}
	answer time.Duration
	closed chan struct{}
	close  func()
}

func limitListener(listener net.Listener, limits Limits) *limitedListener {
	closed := make(chan struct{})
	return &limitedListener{
		Listener: listener,
		places:   make(chan struct{}, limits.Connections),
		answer:   limits.Body,
		closed:   closed,
		close:    sync.OnceFunc(func() { close(closed) }),
	}
}

func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.places <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	connection, err := l.Listener.Accept()
	if err != nil {
		<-l.places
		return nil, err
	}
	return limitConn(connection.(*net.TCPConn), l.answer, l.places), nil
}

func (l *limitedListener) Close() error {
	l.close()
	return l.Listener.Close()
}

// empty waits until every place is free, and keeps them all.
func (l *limitedListener) empty(limit context.Context) error {
	for range cap(l.places) {
		select {
		case l.places <- struct{}{}:
		case <-limit.Done():
			return limit.Err()
		}
	}
	return nil
}

// shutdown waits for the requests that have begun, as long as actix does.
func shutdown(server limitedServer) error {
	limit, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	err := server.Shutdown(limit)
	if err == nil {
		err = server.limited.empty(limit)
	}
	if err != nil {
		return server.Close()
	}
	return nil
}

// refuse says why a body was not taken.
func refuse(w http.ResponseWriter, err error) {
	status := http.StatusBadRequest
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		status = http.StatusRequestEntityTooLarge
	} else if errors.Is(err, os.ErrDeadlineExceeded) {
		status = http.StatusRequestTimeout
	}
	words := http.StatusText(status)
	if status == http.StatusRequestEntityTooLarge {
		words = "Payload Too Large" // as actix calls it
	}
	http.Error(w, words, status)
}
