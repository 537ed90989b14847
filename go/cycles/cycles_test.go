// Twin: crates/cycles/tests/cycles.rs

package cycles_test

import (
	"fmt"
	"slices"
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

// only here: in Rust the list of children is moved to whoever asks for it.
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

func ExampleNode_Link() {
	root, child := cycles.NewNode("root"), cycles.NewNode("child")
	root.Link(child)
	fmt.Println(child.Parent().Value, child.Depth())
	// Output: root 1
}
