; Where two patterns meet, the later one wins.
[(line_comment) (block_comment)] @c
[(string_literal) (raw_string_literal) (char_literal)] @s
[(integer_literal) (float_literal) (boolean_literal)] @n
[(attribute_item) (inner_attribute_item) (lifetime)] @m
[(type_identifier) (primitive_type)] @t
(scoped_identifier path: (identifier) @t (#match? @t "^[A-Z]"))
(call_expression function: (identifier) @f)
(call_expression function: (field_expression field: (field_identifier) @f))
(call_expression function: (scoped_identifier name: (identifier) @f))
(generic_function function: (identifier) @f)
(generic_function function: (scoped_identifier name: (identifier) @f))
(generic_function function: (field_expression field: (field_identifier) @f))
(call_expression function: (identifier) @t (#match? @t "^[A-Z]"))
(macro_invocation macro: (identifier) @f "!" @f)
(function_item name: (identifier) @f)
(function_signature_item name: (identifier) @f)
(const_item name: (identifier) @n)
(static_item name: (identifier) @n)
(enum_variant name: (identifier) @n)
[(self) (super) (crate) (mutable_specifier)] @k
[
  "as" "async" "await" "break" "const" "continue" "dyn" "else" "enum" "extern" "fn" "for" "if" "impl"
  "in" "let" "loop" "match" "mod" "move" "pub" "ref" "return" "static" "struct" "trait" "type"
  "unsafe" "use" "where" "while"
] @k
