//! The outline of a Rust file.

use tree_sitter::Node;

use super::{
    Kind, Language,
    comments::{self, Raw},
    scan::{Naming, Outline, Scan, children, is_comment},
};

/// What the declarations around an item say about it.
#[derive(Clone, Copy)]
struct Around<'a> {
    owner: Option<&'a str>,
    within: Option<usize>,
    /// Nothing in it says `pub`: a trait's members and an enum's variants are, an impl of a trait's not.
    exported: Option<bool>,
}

/// Finds the items of a file.
pub(super) fn outline<'a>(root: Node<'a>, text: &'a str) -> Outline {
    let mut scan = Scan::new(text, Language::Rust);
    let inner: Vec<_> = children(root)
        .into_iter()
        .filter(|node| is_comment(*node))
        .map(|node| Raw::new(node, text))
        .filter(|raw| raw.inner)
        .collect();
    if !inner.is_empty() {
        scan.doc = Some(comments::joined(&inner, "\n"));
    }
    let top = Around {
        owner: None,
        within: None,
        exported: None,
    };
    walk(&mut scan, root, top);
    scan.end()
}

fn walk(scan: &mut Scan, parent: Node, around: Around) {
    for node in children(parent) {
        match node.kind() {
            _ if is_comment(node) => scan.comment(node, around.within),
            "attribute_item" => scan.attribute(node),
            "use_declaration" | "extern_crate_declaration" => scan.import(node),
            "impl_item" => implementation(scan, node),
            "struct_item" | "enum_item" | "union_item" | "trait_item" | "type_item" => {
                declared_type(scan, node, around);
            }
            "function_item" | "function_signature_item" => function(scan, node, around),
            _ => other(scan, node, around),
        }
    }
    scan.close(around.within);
}

fn other(scan: &mut Scan, node: Node, around: Around) {
    let kind = match node.kind() {
        "field_declaration" => Kind::Field,
        "enum_variant" => Kind::Variant,
        "const_item" | "static_item" => Kind::Constant,
        "mod_item"
        | "macro_definition"
        | "macro_invocation"
        | "foreign_mod_item"
        | "associated_type"
        | "expression_statement" => Kind::Other,
        _ => return,
    };
    let mut naming = naming(scan, node, kind, around);
    naming.exported &= kind != Kind::Other;
    scan.add_leaf(node, naming);
}

fn declared_type(scan: &mut Scan, node: Node, around: Around) {
    let naming = naming(scan, node, Kind::Type, around);
    let name = naming.name.clone();
    let Some(body) = node.child_by_field_name("body") else {
        scan.add_leaf(node, naming);
        return;
    };
    let index = scan.add(node, naming);
    // The fields of a tuple have no names.
    if body.kind() != "ordered_field_declaration_list" {
        let is_struct = body.kind() == "field_declaration_list";
        let inside = Around {
            owner: Some(&name),
            within: Some(index),
            exported: (!is_struct).then_some(true),
        };
        walk(scan, body, inside);
    }
}

fn implementation(scan: &mut Scan, node: Node) {
    let owner = bare(&scan.field(node, "type"));
    let of = bare(&scan.field(node, "trait"));
    let (kind, name) = match of.as_str() {
        "" => (Kind::Impl, owner.clone()),
        "Drop" => (Kind::Drop, "drop".to_owned()),
        _ => (Kind::TraitImpl, format!("{of} for {owner}")),
    };
    let naming = Naming {
        kind,
        exported: kind == Kind::Drop,
        owner: Some(owner.clone()),
        name,
        within: None,
    };
    let index = scan.add(node, naming);
    if let Some(body) = node.child_by_field_name("body") {
        let inside = Around {
            owner: Some(&owner),
            within: Some(index),
            exported: (kind != Kind::Impl).then_some(false),
        };
        walk(scan, body, inside);
    }
}

fn function(scan: &mut Scan, node: Node, around: Around) {
    let mut names = Vec::new();
    let mut kind = Kind::Function;
    let parameters = node.child_by_field_name("parameters");
    for parameter in parameters.map(children).unwrap_or_default() {
        let pattern = scan.field(parameter, "pattern");
        if parameter.kind() == "self_parameter" || pattern == "self" {
            kind = Kind::Method;
        } else if parameter.kind() == "parameter" {
            names.push(pattern);
        }
    }
    let naming = naming(scan, node, kind, around);
    let index = scan.add_leaf(node, naming);
    scan.items[index].parameters = names;
}

fn naming(scan: &Scan, node: Node, kind: Kind, around: Around) -> Naming {
    let mut parts = children(node).into_iter();
    let visible = parts.find(|part| part.kind() == "visibility_modifier");
    let public = visible.is_some_and(|part| scan.text(part) == "pub");
    Naming {
        kind,
        exported: around.exported.unwrap_or(public),
        owner: around.owner.map(str::to_owned),
        name: scan.field(node, "name"),
        within: around.within,
    }
}

/// A type's or trait's own name, without its path and its parameters.
fn bare(name: &str) -> String {
    let name = name.split('<').next().unwrap_or_default();
    let name = name.rsplit("::").next().unwrap_or_default();
    name.trim().to_owned()
}
