// Twin: crates/server/src/limits.rs

package server

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"
)

const (
	// lingers is how long a connection that ends discards what still comes.
	lingers = time.Second
	// discards is how much of it: about as much as the system's buffers hold.
	discards = 16 << 20
)

// limitedServer has ended only when all its connections have.
type limitedServer struct {
	*http.Server
	limited *limitedListener
}

// newServer sets the limits; but for the number of connections net/http has them all.
func newServer(
	limits Limits, listener net.Listener, routes http.Handler,
) (limitedServer, *limitedListener) {
	limited := limitListener(listener, limits.Connections)
	server := &http.Server{
		Handler:           routes,
		ReadHeaderTimeout: limits.Head,
		ReadTimeout:       limits.Body,
		WriteTimeout:      2 * limits.Body, // it runs from the head on, and the body comes first
		IdleTimeout:       limits.Idle,
		MaxHeaderBytes:    128 << 10, // as much as actix takes
	}
	return limitedServer{server, limited}, limited
}

// limitedListener takes a new connection only when there is a place for it. That of x/net/netutil hides
// CloseWrite, without which a client that still sends may lose the answer that refuses it.
type limitedListener struct {
	net.Listener
	places chan struct{}
	closed chan struct{}
	close  func()
}

func limitListener(listener net.Listener, connections int) *limitedListener {
	closed := make(chan struct{})
	return &limitedListener{
		Listener: listener,
		places:   make(chan struct{}, connections),
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
	return limitConn(connection.(*net.TCPConn), l.places), nil
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

// limitedConn gives its place to the next connection when it has ended.
type limitedConn struct {
	*net.TCPConn
	places  chan struct{}
	once    sync.Once
	reads   alarm
	writes  alarm
	framing framing
	// held is what has come and is not handed on yet, free how much of it can be.
	held []byte
	free int
}

func limitConn(connection *net.TCPConn, places chan struct{}) *limitedConn {
	now := time.Now()
	return &limitedConn{
		TCPConn: connection,
		places:  places,
		reads:   alarm{set: connection.SetReadDeadline, born: now},
		writes:  alarm{set: connection.SetWriteDeadline, born: now},
	}
}

// Read hands on what has come; a head with two lengths says that the connection ends.
func (c *limitedConn) Read(p []byte) (int, error) {
	for {
		if c.free == 0 && len(c.held) > 0 {
			c.free = c.framing.take(c.held)
		}
		if c.framing.part == closingPart && c.free == 0 {
			c.held = slices.Insert(c.held, 0, []byte(closing)...)
			c.framing.part = unknownPart
			continue
		}
		if c.free > 0 {
			n := copy(p, c.held[:c.free])
			c.held, c.free = c.held[n:], c.free-n
			return n, nil
		}
		n, err := c.TCPConn.Read(p)
		if n == 0 && err != nil && len(c.held) > 0 {
			c.framing.part = unknownPart // half a line, and no more
			continue
		}
		if err != nil {
			return n, err
		}
		free := 0
		if len(c.held) == 0 {
			free = c.framing.take(p[:n])
		}
		c.held = append(c.held, p[free:n]...)
		if free > 0 {
			return free, nil
		}
	}
}

func (c *limitedConn) SetReadDeadline(deadline time.Time) error {
	return c.reads.want(deadline)
}

func (c *limitedConn) SetWriteDeadline(deadline time.Time) error {
	return c.writes.want(deadline)
}

// Close does not wait: net/http holds a lock when it closes what is idle.
func (c *limitedConn) Close() error {
	c.once.Do(func() { go c.linger() })
	return nil
}

// linger discards what still comes until the client closes, too: if the connection was closed before that
// is read, the system would reset it, and drop what the client has not taken yet.
func (c *limitedConn) linger() {
	c.reads.stop()
	c.writes.stop()
	c.TCPConn.SetReadDeadline(time.Time{}) // net/http's last one may be over
	// Nor a later one, since net/http may be about to set its next.
	late := time.AfterFunc(lingers, func() { c.TCPConn.Close() })
	if c.CloseWrite() == nil {
		io.CopyN(io.Discard, c.TCPConn, discards)
	}
	late.Stop()
	c.TCPConn.Close()
	<-c.places
}

// alarm lets what waits on a connection fail at a deadline. Its timer is set again only once it has rung:
// net/http wants several deadlines for each request, and almost no request needs one.
type alarm struct {
	// set is the connection's own, which is told only what is over.
	set    func(time.Time) error
	born   time.Time
	mutex  sync.Mutex
	wanted time.Time
	// over is whether the connection was told so.
	over  bool
	timer *time.Timer
	// rings is when the timer rings: no later than what is wanted.
	rings time.Time
}

// want sets a deadline; one that lies long back interrupts what waits now.
func (a *alarm) want(deadline time.Time) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.wanted = deadline
	never := deadline.IsZero()
	if over := !never && deadline.Before(a.born); over || a.over {
		if a.over = over; over {
			return a.set(deadline)
		}
		if err := a.set(time.Time{}); err != nil {
			return err
		}
	}
	if never || !a.rings.IsZero() && !deadline.Before(a.rings) {
		return nil
	}
	a.ringAt(deadline)
	return nil
}

func (a *alarm) ringAt(deadline time.Time) {
	a.rings = deadline
	if a.timer == nil {
		a.timer = time.AfterFunc(time.Until(deadline), a.ring)
	} else {
		a.timer.Reset(time.Until(deadline))
	}
}

func (a *alarm) ring() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.rings = time.Time{}
	switch {
	case a.wanted.IsZero() || a.over:
	case time.Until(a.wanted) > 0:
		a.ringAt(a.wanted)
	default:
		a.over = true
		a.set(a.born)
	}
}

// stop lets go of the timer, which would keep the connection's memory until it rings.
func (a *alarm) stop() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.timer != nil {
		a.timer.Stop()
	}
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
