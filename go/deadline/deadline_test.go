// Twin: crates/deadline/tests/deadline.rs

package deadline_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"unsafe"

	"memory.example/pairs/deadline"
)

const (
	buy  = deadline.SideBuy
	sell = deadline.SideSell
)

func order(id, price, quantity int) deadline.Order {
	return deadline.Order{ID: id, Price: price, Quantity: quantity}
}

func TestAParticleFliesAndLands(t *testing.T) {
	for _, keep := range []bool{false, true} {
		world := deadline.NewWorld[string](keep)
		world.Spawn("a", 10, 7)
		for range 6 {
			world.Step()
			world.Release()
		}
		if got := world.Particles[0].Trail; !slices.Equal(got, []int{6, 8, 6, 0, 0, 0}) {
			t.Errorf("trail %v", got)
		}
	}
}

func TestAParticleIsReleasedWhenItsTimeIsOver(t *testing.T) {
	for _, keep := range []bool{false, true} {
		world := deadline.NewWorld[string](keep)
		world.Spawn("a", 0, 3)
		world.Spawn("b", 0, 1)
		world.Spawn("c", 0, 2)
		world.Spawn("d", 0, 3)
		for _, expected := range []string{"acd", "ad", ""} {
			world.Step()
			world.Release()
			left := ""
			for _, particle := range world.Particles {
				left += particle.Value
			}
			if left != expected {
				t.Errorf("left %q, want %q", left, expected)
			}
		}
	}
}

func TestATrailThatIsKeptStartsAnew(t *testing.T) {
	world := deadline.NewWorld[struct{}](true)
	for _, speed := range []int{20, 8} {
		world.Spawn(struct{}{}, speed, 2)
		world.Step()
		if got := world.Particles[0].Trail; !slices.Equal(got, []int{speed - 4}) {
			t.Errorf("trail %v", got)
		}
		world.Step()
		world.Release()
		if got := len(world.Particles); got != 0 {
			t.Errorf("%d particles", got)
		}
	}
}

func TestOrdersTradeByPriceAndThenByTime(t *testing.T) {
	sells := []deadline.Order{order(1, 102, 5), order(2, 101, 5), order(3, 101, 5)}
	buys := []deadline.Order{order(1, 98, 5), order(2, 99, 5), order(3, 99, 5)}
	tests := []struct {
		waiting  []deadline.Order
		side     deadline.Side
		price    int
		expected []deadline.Order
	}{
		{sells, buy, 100, nil},
		{sells, buy, 101, []deadline.Order{order(2, 101, 5), order(3, 101, 5)}},
		{sells, buy, 102, []deadline.Order{order(2, 101, 5), order(3, 101, 5), order(1, 102, 2)}},
		{buys, sell, 100, nil},
		{buys, sell, 99, []deadline.Order{order(2, 99, 5), order(3, 99, 5)}},
		{buys, sell, 98, []deadline.Order{order(2, 99, 5), order(3, 99, 5), order(1, 98, 2)}},
	}
	for _, test := range tests {
		for _, keep := range []bool{false, true} {
			book := deadline.NewBook(keep)
			for _, order := range test.waiting {
				book.Place(1-test.side, order)
			}
			book.Place(test.side, order(4, test.price, 12))
			if !slices.Equal(book.Trades, test.expected) {
				t.Errorf("side %v at %d, keep %v: %v", test.side, test.price, keep, book.Trades)
			}
		}
	}
}

func TestWhatIsLeftOfAnOrderWaits(t *testing.T) {
	for _, keep := range []bool{false, true} {
		book := deadline.NewBook(keep)
		book.Place(sell, order(1, 10, 3))
		book.Place(buy, order(2, 11, 5))
		if got := slices.Collect(book.Orders(buy)); !slices.Equal(got, []deadline.Order{order(2, 11, 2)}) {
			t.Errorf("buyers %v", got)
		}
		if got := slices.Collect(book.Orders(sell)); len(got) != 0 || book.Waiting() != 1 {
			t.Errorf("sellers %v, %d wait", got, book.Waiting())
		}
	}
}

func TestACancelledOrderTradesNoMore(t *testing.T) {
	for _, keep := range []bool{false, true} {
		book := deadline.NewBook(keep)
		for id := 1; id <= 3; id++ {
			book.Place(buy, order(id, 10, id))
		}
		if left, found := book.Cancel(buy, 10, 2); left != 2 || !found {
			t.Errorf("left %d, found %v", left, found)
		}
		for _, order := range []deadline.Order{order(2, 10, 0), order(1, 11, 0), order(9, 10, 0)} {
			if _, found := book.Cancel(buy, order.Price, order.ID); found {
				t.Errorf("order %d at %d found", order.ID, order.Price)
			}
		}
		if _, found := book.Cancel(sell, 10, 1); found {
			t.Error("found on the other side")
		}
		book.Place(sell, order(4, 1, 9))
		if !slices.Equal(book.Trades, []deadline.Order{order(1, 10, 1), order(3, 10, 3)}) {
			t.Errorf("trades %v", book.Trades)
		}
	}
}

func TestTheNumberOfACancelledOrderMayComeAgain(t *testing.T) {
	for _, keep := range []bool{false, true} {
		book := deadline.NewBook(keep)
		for id := 1; id <= 9; id++ {
			book.Place(buy, order(id, 10, 1))
		}
		for _, id := range []int{8, 9, 7} {
			book.Cancel(buy, 10, id)
		}
		book.Place(buy, order(7, 10, 2))
		if left, _ := book.Cancel(buy, 10, 7); left != 2 || book.Waiting() != 6 {
			t.Errorf("left %d, %d wait", left, book.Waiting())
		}
	}
}

// only here: Rust's compiler refuses it.
func TestAChangeWhileTheBookIsWalkedIsAPanic(t *testing.T) {
	changes := map[string]func(*deadline.Book){
		"cancel": func(book *deadline.Book) { book.Cancel(buy, 9, 2) },
		"place":  func(book *deadline.Book) { book.Place(buy, order(4, 9, 1)) },
		"trade":  func(book *deadline.Book) { book.Place(sell, order(4, 10, 1)) },
	}
	for name, change := range changes {
		book := deadline.NewBook(false)
		for id, price := range []int{10, 9, 8} {
			book.Place(buy, order(id+1, price, 1))
		}
		walked := 0
		panicked := func() (panicked any) {
			defer func() { panicked = recover() }()
			for range book.Orders(buy) {
				walked++
				change(book)
			}
			return nil
		}()
		if panicked != "deadline: the book changed while it was walked" || walked != 1 {
			t.Errorf("%s: %v after %d orders", name, panicked, walked)
		}
	}
}

func TestAnOrderThatMakesNoSenseIsRefusedOrDoesNothing(t *testing.T) {
	book := deadline.NewBook(false)
	book.Place(buy, order(5, 10, 1))
	for _, quantity := range []int{0, -1, math.MinInt} {
		if left := book.Place(sell, order(6, 10, quantity)); left != quantity {
			t.Errorf("%d left of %d", left, quantity)
		}
		book.Place(buy, order(6, 10, quantity))
	}
	for _, id := range []int{5, 4, -1} {
		panicked := func() (panicked any) {
			defer func() { panicked = recover() }()
			book.Place(buy, order(id, 10, 1))
			return nil
		}()
		if panicked != "an order's number has to be higher than those before it" {
			t.Errorf("order %d: %v", id, panicked)
		}
	}
	if book.Waiting() != 1 || len(book.Trades) != 0 {
		t.Errorf("%d wait, trades %v", book.Waiting(), book.Trades)
	}
}

func TestAPriceMayBeAnyNumber(t *testing.T) {
	for _, price := range []int{math.MinInt, -1, 0, math.MaxInt} {
		for _, side := range []deadline.Side{buy, sell} {
			book := deadline.NewBook(false)
			book.Place(side, order(1, price, 2))
			book.Place(1-side, order(2, price, 1))
			if !slices.Equal(book.Trades, []deadline.Order{order(1, price, 1)}) {
				t.Errorf("%d, side %d: trades %v", price, side, book.Trades)
			}
			if left, _ := book.Cancel(side, price, 1); left != 1 || book.Waiting() != 0 {
				t.Errorf("%d, side %d: left %d", price, side, left)
			}
		}
	}
	book := deadline.NewBook(false)
	book.Place(sell, order(1, math.MaxInt, 1))
	book.Place(buy, order(2, math.MaxInt-1, 1))
	book.Place(buy, order(3, math.MinInt, 1))
	book.Place(sell, order(4, math.MinInt+1, 2))
	if !slices.Equal(book.Trades, []deadline.Order{order(2, math.MaxInt-1, 1)}) || book.Waiting() != 3 {
		t.Errorf("trades %v, %d wait", book.Trades, book.Waiting())
	}
}

func TestALifeBelowOneIsOneFrame(t *testing.T) {
	for _, keep := range []bool{false, true} {
		for _, life := range []int{1, 0, -1} { // only here, -1: Rust's lives have no sign
			world := deadline.NewWorld[string](keep)
			world.Spawn("a", 10, life)
			world.Release()
			if len(world.Particles) != 1 {
				t.Errorf("life %d ended before its frame", life)
			}
			world.Step()
			world.Release()
			if len(world.Particles) != 0 {
				t.Errorf("life %d goes on", life)
			}
		}
	}
}

func TestSpeedsWrapAround(t *testing.T) {
	for _, test := range []struct{ speed, height int }{
		{math.MinInt, math.MaxInt - 3}, {math.MaxInt, math.MaxInt - 4}, {math.MinInt + 4, 0},
	} {
		world := deadline.NewWorld[string](false)
		world.Spawn("a", test.speed, 3)
		world.Step()
		if got := world.Particles[0].Trail[0]; got != test.height {
			t.Errorf("speed %d: height %d, want %d", test.speed, got, test.height)
		}
		world.Step()
	}
}

func TestSizesAreTheSameInBothLanguages(t *testing.T) {
	if got := unsafe.Sizeof(deadline.Order{}); got != 24 {
		t.Errorf("an order takes %d bytes", got)
	}
	if got := unsafe.Sizeof(deadline.Particle[int]{}); got != 56 {
		t.Errorf("a particle takes %d bytes", got)
	}
}

func ExampleBook_Place() {
	book := deadline.NewBook(false)
	book.Place(deadline.SideSell, deadline.Order{ID: 1, Price: 102, Quantity: 5})
	book.Place(deadline.SideSell, deadline.Order{ID: 2, Price: 101, Quantity: 5})
	book.Place(deadline.SideBuy, deadline.Order{ID: 3, Price: 102, Quantity: 7})
	fmt.Println(book.Trades)
	fmt.Println(slices.Collect(book.Orders(deadline.SideSell)))
	// Output:
	// [{2 101 5} {1 102 2}]
	// [{1 102 3}]
}
