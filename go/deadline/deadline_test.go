// Twin: crates/deadline/tests/deadline.rs

package deadline_test

import (
	"fmt"
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
		if got := book.Orders(buy); !slices.Equal(got, []deadline.Order{order(2, 11, 2)}) {
			t.Errorf("buyers %v", got)
		}
		if got := book.Orders(sell); len(got) != 0 {
			t.Errorf("sellers %v", got)
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
	fmt.Println(book.Orders(deadline.SideSell))
	// Output:
	// [{2 101 5} {1 102 2}]
	// [{1 102 3}]
}
