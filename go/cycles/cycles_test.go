// Twin: crates/cycles/tests/cycles.rs

package cycles_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"memory.example/pairs/cycles"
)

func values(nodes []*cycles.Node[string]) []string {
	var values []string
	for _, node := range nodes {
		values = append(values, node.Value)
	}
	return values
}

func TestANewNodeIsOnItsOwn(t *testing.T) {
	node := cycles.NewNode("a")
	if node.Parent() != nil || len(node.Children()) != 0 || node.Depth() != 0 {
		t.Errorf("parent %v, children %v, depth %d", node.Parent(), node.Children(), node.Depth())
	}
}

func TestChildrenStandInTheOrderOfLinking(t *testing.T) {
	root := cycles.NewNode("root")
	for _, name := range []string{"a", "b", "c"} {
		root.Link(cycles.NewNode(name))
	}
	if got := values(root.Children()); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("children %v", got)
	}
}

// only here: in Rust the list of children moves to the caller.
func TestTheChildrenThatOneIsToldAreOnesOwn(t *testing.T) {
	root := cycles.NewNode("root")
	root.Link(cycles.NewNode("a"))
	root.Children()[0] = cycles.NewNode("b")
	if got := values(root.Children()); !slices.Equal(got, []string{"a"}) {
		t.Errorf("children %v", got)
	}
}

func TestUnlinkTakesOneChildAway(t *testing.T) {
	root := cycles.NewNode("root")
	for _, name := range []string{"a", "b", "c"} {
		root.Link(cycles.NewNode(name))
	}
	b := root.Children()[1]
	b.Unlink()
	if got := values(root.Children()); !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("children %v", got)
	}
	if b.Parent() != nil {
		t.Errorf("parent %v", b.Parent())
	}
}

func TestUnlinkOfARootDoesNothing(t *testing.T) {
	root := cycles.NewNode("root")
	root.Unlink()
	if root.Parent() != nil {
		t.Errorf("parent %v", root.Parent())
	}
}

func TestDepthCountsTheStepsUp(t *testing.T) {
	for _, steps := range []int{0, 1, 2, 1000} {
		last := cycles.NewNode("root")
		for range steps {
			node := cycles.NewNode("node")
			last.Link(node)
			last = node
		}
		if got := last.Depth(); got != steps {
			t.Errorf("depth %d, want %d", got, steps)
		}
	}
}

func TestALinkThatMakesNoTreeIsRefusedAndChangesNothing(t *testing.T) {
	// The chain a, b, c with d below b, and the root e with f below.
	tests := []struct {
		parent, child string
		links         bool
	}{
		{"a", "a", false},
		{"e", "e", false},
		{"c", "a", false},
		{"d", "a", false},
		{"b", "c", false},
		{"a", "c", false},
		{"e", "c", false},
		{"f", "e", false},
		{"a", "e", true},
		{"c", "e", true},
		{"f", "a", true},
	}
	names := []string{"a", "b", "c", "d", "e", "f"}
	for _, test := range tests {
		nodes := map[string]*cycles.Node[string]{}
		for _, name := range names {
			nodes[name] = cycles.NewNode(name)
		}
		for _, link := range []string{"ab", "bc", "bd", "ef"} {
			if !nodes[link[:1]].Link(nodes[link[1:]]) {
				t.Errorf("%s is not linked", link)
			}
		}
		seen := func() string {
			var seen strings.Builder
			for _, name := range names {
				fmt.Fprint(&seen, nodes[name].Depth(), values(nodes[name].Children()))
			}
			return seen.String()
		}
		before := seen()
		if linked := nodes[test.parent].Link(nodes[test.child]); linked != test.links {
			t.Errorf("%+v: %t", test, linked)
		}
		if changed := seen() != before; changed != test.links {
			t.Errorf("%+v: changed %t", test, changed)
		}
		// What can be linked once cannot be linked again.
		if nodes[test.parent].Link(nodes[test.child]) {
			t.Errorf("%+v: linked twice", test)
		}
	}
}

func TestAMillionNodesAreLinkedFromEitherEnd(t *testing.T) {
	for _, upwards := range []bool{false, true} {
		first := cycles.NewNode(0)
		last := first
		for number := 1; number < 1_000_000; number++ {
			node := cycles.NewNode(number)
			linked := false
			if upwards {
				linked = node.Link(last)
			} else {
				linked = last.Link(node)
			}
			if !linked {
				t.Fatalf("node %d is not linked", number)
			}
			last = node
		}
		top, bottom := first, last
		if upwards {
			top, bottom = last, first
		}
		if top.Depth() != 0 || bottom.Depth() != 999_999 || bottom.Link(top) {
			t.Errorf("depths %d and %d", top.Depth(), bottom.Depth())
		}
	}
}

func ExampleNode_Link() {
	root, child := cycles.NewNode("root"), cycles.NewNode("child")
	root.Link(child)
	fmt.Println(child.Parent().Value, child.Depth())
	// Output: root 1
}
