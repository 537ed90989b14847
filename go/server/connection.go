// Twin: crates/server/src/connection.rs

package server

import (
	"io"
	"net"
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

// limitedConn gives its place to the next connection when it has ended.
type limitedConn struct {
	*net.TCPConn
	places  chan struct{}
	once    sync.Once
	alarm   alarm
	framing framing
	// held is what has come and is not handed on yet, free how much of it can be.
	held []byte
	free int
}

// limitConn limits a connection; answer is how much longer than its request an answer may take.
func limitConn(connection *net.TCPConn, answer time.Duration, places chan struct{}) *limitedConn {
	return &limitedConn{
		TCPConn: connection,
		places:  places,
		alarm:   alarm{connection: connection, answer: answer, born: time.Now()},
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

// SetReadDeadline moves the end of the answer, too: net/http's own write timeout looks at the clock once more for
// each request.
func (c *limitedConn) SetReadDeadline(deadline time.Time) error {
	return c.alarm.want(deadline)
}

// Close does not wait: net/http holds a lock when it closes what is idle.
func (c *limitedConn) Close() error {
	c.once.Do(func() { go c.linger() })
	return nil
}

// linger discards what still comes until the client closes, too: if the connection was closed before that
// is read, the system would reset it, and drop what the client has not taken yet.
func (c *limitedConn) linger() {
	c.alarm.stop()
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
	// connection is told only what is over.
	connection interface {
		SetReadDeadline(time.Time) error
		SetWriteDeadline(time.Time) error
	}
	answer time.Duration
	born   time.Time
	mutex  sync.Mutex
	// wanted is the deadline for reading, or none.
	wanted time.Time
	// last is the last one that there was: writing has to end by then and answer.
	last time.Time
	// over is whether the connection was told that reading is.
	over  bool
	timer *time.Timer
	// rings is when the timer rings: no later than what is wanted.
	rings time.Time
}

// want sets a deadline for reading; one that lies long back interrupts what waits now.
func (a *alarm) want(deadline time.Time) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.wanted = deadline
	never := deadline.IsZero()
	if over := !never && deadline.Before(a.born); over || a.over {
		if a.over = over; over {
			return a.connection.SetReadDeadline(deadline)
		}
		if err := a.connection.SetReadDeadline(time.Time{}); err != nil {
			return err
		}
	}
	if never {
		return nil
	}
	a.last = deadline
	if a.rings.IsZero() || deadline.Before(a.rings) {
		a.ringAt(deadline)
	}
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
	now, next := time.Now(), a.last.Add(a.answer)
	if !a.wanted.IsZero() && !a.over && !now.Before(a.wanted) {
		a.over = true
		a.connection.SetReadDeadline(a.born)
	}
	if !now.Before(next) {
		a.connection.SetWriteDeadline(a.born)
		return
	}
	if !a.wanted.IsZero() && !a.over {
		next = a.wanted
	}
	a.ringAt(next)
}

// stop releases the timer, which would keep the connection's memory until it rings.
func (a *alarm) stop() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.timer != nil {
		a.timer.Stop()
	}
}
