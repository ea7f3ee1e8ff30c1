import type { Node } from '@vscode/tree-sitter-wasm';
import { type Lowering, unescaped } from './lowering.ts';
import {
  bindImport,
  type ClassSyntax,
  type Expression,
  type FunctionSyntax,
  type NamedValue,
  NOTHING,
  type Parameter,
  type Statement,
} from './syntax.ts';

/** The syntax of a JavaScript or TypeScript file, a list for each of its statements. */
export function lowerJavaScript(root: Node, lowering: Lowering): readonly (readonly Statement[])[] {
  return new JavaScriptLowering(lowering).each(root);
}

class JavaScriptLowering {
  readonly #in: Lowering;
  /** Where assignments inside an expression are put. */
  #out: Statement[] = [];

  constructor(lowering: Lowering) {
    this.#in = lowering;
  }

  body(node: Node | null): Statement[] {
    return this.each(node).flat();
  }

  each(node: Node | null): (readonly Statement[])[] {
    return children(node).map((child) =>
      this.#in.statements(child, (out) => {
        const before = this.#out;
        this.#out = out;
        this.#statement(child, out);
        this.#out = before;
      }),
    );
  }

  #statement(node: Node, out: Statement[]): void {
    switch (node.type) {
      case 'import_statement':
        this.#import(node, out);
        return;
      case 'export_statement':
        this.#export(node, out);
        return;
      case 'lexical_declaration':
      case 'variable_declaration':
        for (const child of children(node)) if (child.type === 'variable_declarator') this.#declare(child, out);
        return;
      case 'function_declaration':
      case 'generator_function_declaration':
      case 'class_declaration':
      case 'abstract_class_declaration':
        this.#define(node, out);
        return;
      case 'return_statement':
        out.push({ kind: 'return', value: this.#expression(children(node)[0] ?? null) });
        return;
      case 'if_statement': {
        const test = this.#expression(node.childForFieldName('condition'));
        const body = this.#branch(node.childForFieldName('consequence'));
        const otherwise = this.#branch(children(node.childForFieldName('alternative'))[0] ?? null);
        out.push({ kind: 'if', test, body, otherwise });
        return;
      }
      case 'switch_statement': {
        const value = this.#expression(node.childForFieldName('value'));
        const cases = children(node.childForFieldName('body')).map((each) => {
          const tested = each.childForFieldName('value');
          const body = children(each)
            .filter((child) => tested === null || child.startIndex !== tested.startIndex)
            .flatMap((child) => this.#branch(child));
          return { value: tested && this.#expression(tested), body, place: this.#in.place(each) };
        });
        out.push({ kind: 'switch', value, cases });
        return;
      }
      case 'statement_block':
        out.push({ kind: 'block', body: this.body(node) });
        return;
      case 'for_in_statement':
        out.push({ kind: 'do', value: this.#loop(node) });
        return;
      case 'interface_declaration':
      case 'type_alias_declaration':
      case 'enum_declaration':
        return;
      default:
        for (const child of children(node)) this.#inner(child, out);
    }
  }

  #inner(node: Node, out: Statement[]): void {
    if (/_statement$|_declaration$|_clause$|^statement_block$/.test(node.type)) this.#statement(node, out);
    else out.push({ kind: 'do', value: this.#expression(node) });
  }

  /** A statement that may stand without braces. */
  #branch(node: Node | null): Statement[] {
    if (node === null) return [];
    if (node.type === 'statement_block') return this.body(node);
    return [
      ...this.#in.statements(node, (out) => {
        const before = this.#out;
        this.#out = out;
        this.#statement(node, out);
        this.#out = before;
      }),
    ];
  }

  #import(node: Node, out: Statement[]): void {
    const from = node.childForFieldName('source');
    const clause = children(node).find(({ type }) => type === 'import_clause');
    if (from === null || clause === undefined) return;
    const module = this.#literal(from);
    for (const child of children(clause)) {
      if (child.type === 'identifier') out.push(bindImport(this.#in.text(child), module, 'default'));
      else if (child.type === 'namespace_import')
        out.push(bindImport(this.#in.text(children(child)[0] ?? child), module, ''));
      else
        for (const specifier of children(child)) {
          const name = this.#in.field(specifier, 'name');
          out.push(bindImport(this.#in.field(specifier, 'alias') || name, module, name));
        }
    }
  }

  #export(node: Node, out: Statement[]): void {
    const from = node.childForFieldName('source');
    const declaration = node.childForFieldName('declaration');
    const value = node.childForFieldName('value');
    const isDefault = node.children.some((child) => child?.type === 'default');
    if (declaration !== null) {
      const before = out.length;
      this.#statement(declaration, out);
      for (const statement of out.slice(before)) {
        if (statement.kind !== 'bind') continue;
        const named: Expression = { kind: 'name', name: statement.name };
        out.push({ kind: 'export', name: isDefault ? 'default' : statement.name, value: named });
      }
      return;
    }
    if (value !== null) {
      out.push({ kind: 'export', name: 'default', value: this.#expression(value) });
      return;
    }
    const module = from === null ? null : this.#literal(from);
    const clause = children(node).find(({ type }) => type === 'export_clause');
    const namespace = children(node).find(({ type }) => type === 'namespace_export');
    if (namespace !== undefined && module !== null) {
      const name = this.#in.text(children(namespace)[0] ?? namespace);
      out.push({ kind: 'export', name, value: { kind: 'import', module, name: '' } });
    } else if (clause === undefined && module !== null)
      out.push({ kind: 'export', name: '*', value: { kind: 'import', module, name: '*' } });
    for (const specifier of children(clause ?? null)) {
      const name = this.#in.field(specifier, 'name');
      const exported = this.#in.field(specifier, 'alias') || name;
      const of: Expression = module === null ? { kind: 'name', name } : { kind: 'import', module, name };
      out.push({ kind: 'export', name: exported, value: of });
    }
  }

  #declare(node: Node, out: Statement[]): void {
    const target = node.childForFieldName('name');
    const given = node.childForFieldName('value');
    if (target === null) return;
    const type = node.childForFieldName('type');
    const value = this.#expression(given);
    if (target.type === 'identifier')
      out.push({ kind: 'bind', name: this.#in.text(target), value, annotation: this.#annotation(type) });
    else {
      for (const part of this.#pattern(target, value)) out.push({ kind: 'bind', ...part, annotation: null });
      if (value.kind === 'call') out.push({ kind: 'do', value });
    }
  }

  /** A loop over items is its body, called with every item. */
  #loop(node: Node): Expression {
    const target = node.childForFieldName('left');
    const { name, parts } = target === null ? { name: 'item', parts: [] } : this.#parameter(target);
    const body = this.#branch(node.childForFieldName('body'));
    const each: FunctionSyntax = { kind: 'function', name: null, params: [{ name, annotation: null, parts }], body };
    const object = this.#expression(node.childForFieldName('right'));
    const callee: Expression = { kind: 'member', object, name: 'forEach' };
    return { kind: 'call', callee, args: [each], named: [], place: this.#in.place(node) };
  }

  /** What `{ a, b: c }` and `[a, b]` take out of a value. */
  #pattern(node: Node, value: Expression): NamedValue[] {
    if (node.type === 'array_pattern')
      return children(node).flatMap((part, index): NamedValue[] => {
        const taken: Expression = { kind: 'member', object: value, name: `${index}` };
        return part.type === 'identifier' ? [{ name: this.#in.text(part), value: taken }] : this.#pattern(part, taken);
      });
    if (node.type !== 'object_pattern') return [];
    return children(node).flatMap((part) => {
      if (part.type === 'shorthand_property_identifier_pattern')
        return [{ name: this.#in.text(part), value: { kind: 'member', object: value, name: this.#in.text(part) } }];
      if (part.type === 'object_assignment_pattern') {
        const name = this.#in.field(part, 'left');
        return [{ name, value: { kind: 'member', object: value, name } }];
      }
      if (part.type !== 'pair_pattern') return [];
      const target = part.childForFieldName('value');
      const taken: Expression = { kind: 'member', object: value, name: this.#in.field(part, 'key') };
      if (target === null) return [];
      return target.type === 'identifier'
        ? [{ name: this.#in.text(target), value: taken }]
        : this.#pattern(target, taken);
    });
  }

  #define(node: Node, out: Statement[]): void {
    const of = /class/.test(node.type) ? this.#class(node) : this.#function(node);
    out.push({ kind: 'bind', name: of.name ?? 'default', value: of, annotation: null });
    out.push({ kind: 'define', of, decorators: [] });
  }

  #function(node: Node): FunctionSyntax {
    const single = node.childForFieldName('parameter');
    const params = single === null ? children(node.childForFieldName('parameters')) : [single];
    const body = node.childForFieldName('body');
    return {
      kind: 'function',
      name: this.#in.field(node, 'name') || null,
      params: params.map((param) => this.#parameter(param)),
      body:
        body === null || body.type === 'statement_block'
          ? this.body(body)
          : [{ kind: 'return', value: this.#expression(body) }],
    };
  }

  #parameter(node: Node): Parameter {
    const pattern =
      node.childForFieldName('pattern') ??
      (node.type === 'assignment_pattern' ? (node.childForFieldName('left') ?? node) : node);
    const name = pattern.type === 'identifier' ? this.#in.text(pattern) : `${pattern.startIndex}`;
    return {
      name,
      annotation: this.#annotation(node.childForFieldName('type')),
      parts: this.#pattern(pattern, { kind: 'name', name }),
    };
  }

  #annotation(node: Node | null): Expression | null {
    let type = node === null ? null : (children(node)[0] ?? null);
    if (type?.type === 'generic_type') type = type.childForFieldName('name') ?? children(type)[0] ?? null;
    if (type === null || !/^(nested_)?type_identifier$/.test(type.type)) return null;
    const [first, ...rest] = this.#in.text(type).split('.');
    return rest.reduce<Expression>((object, name) => ({ kind: 'member', object, name }), {
      kind: 'name',
      name: first!.trim(),
    });
  }

  #class(node: Node): ClassSyntax {
    const body: Statement[] = [];
    for (const member of children(node.childForFieldName('body'))) {
      body.push(
        ...this.#in.statements(member, (out) => {
          const before = this.#out;
          this.#out = out;
          this.#member(member, out);
          this.#out = before;
        }),
      );
    }
    const heritage = children(node).find(({ type }) => type === 'class_heritage');
    return {
      kind: 'class',
      name: this.#in.field(node, 'name') || null,
      bases: children(heritage ?? null).map((base) =>
        this.#expression(base.type === 'extends_clause' ? base.childForFieldName('value') : base),
      ),
      body,
    };
  }

  #member(node: Node, out: Statement[]): void {
    const name = (this.#in.field(node, 'name') || this.#in.field(node, 'property')).replace(/^#/, '');
    if (node.type === 'method_definition') {
      const value = this.#function(node);
      out.push({ kind: 'bind', name, value, annotation: null });
      out.push({ kind: 'define', of: value, decorators: [] });
    } else if (/field_definition$/.test(node.type)) {
      const value = node.childForFieldName('value');
      if (value !== null) out.push({ kind: 'field', name, value: this.#expression(value) });
    }
  }

  #expression(node: Node | null): Expression {
    if (node === null) return NOTHING;
    switch (node.type) {
      case 'identifier':
      case 'this':
      case 'undefined':
        return { kind: 'name', name: this.#in.text(node) };
      case 'member_expression':
        return {
          kind: 'member',
          object: this.#expression(node.childForFieldName('object')),
          name: this.#in.field(node, 'property').replace(/^#/, ''),
        };
      case 'subscript_expression': {
        const object = this.#expression(node.childForFieldName('object'));
        const index = this.#expression(node.childForFieldName('index'));
        return index.kind === 'text'
          ? { kind: 'member', object, name: index.value }
          : { kind: 'other', of: [object, index] };
      }
      case 'call_expression':
        return this.#call(node, 'function');
      case 'new_expression':
        return this.#call(node, 'constructor');
      case 'regex':
        return { kind: 'pattern', source: this.#in.field(node, 'pattern') };
      case 'string':
        return { kind: 'text', value: this.#literal(node) };
      case 'template_string':
        return { kind: 'sum', parts: this.#template(node) };
      case 'binary_expression':
        return this.#binary(node);
      case 'ternary_expression': {
        const [test = NOTHING, ...of] = this.#all(node);
        return { kind: 'either', test, of };
      }
      case 'array':
        return { kind: 'list', items: this.#all(node) };
      case 'spread_element':
        return { kind: 'spread', of: this.#expression(children(node)[0] ?? null) };
      case 'object':
        return { kind: 'object', entries: this.#entries(node) };
      case 'arrow_function':
      case 'function_expression':
      case 'function':
      case 'generator_function':
        return this.#function(node);
      case 'class':
        return this.#class(node);
      case 'parenthesized_expression':
      case 'await_expression':
      case 'as_expression':
      case 'satisfies_expression':
      case 'non_null_expression':
        return this.#expression(children(node)[0] ?? null);
      case 'type_assertion':
        return this.#expression(children(node).at(-1) ?? null);
      case 'assignment_expression':
        return this.#assignment(node);
      case 'augmented_assignment_expression': {
        const target = node.childForFieldName('left');
        const added = this.#expression(node.childForFieldName('right'));
        if (target?.type !== 'identifier') return { kind: 'other', of: [added] };
        const name = this.#in.text(target);
        const value: Expression = { kind: 'sum', parts: [{ kind: 'name', name }, added] };
        this.#out.push({ kind: 'bind', name, value, annotation: null });
        return NOTHING;
      }
      case 'number':
      case 'true':
      case 'false':
      case 'null':
      case 'property_identifier':
      case 'type_arguments':
        return NOTHING;
      default:
        return { kind: 'other', of: this.#all(node) };
    }
  }

  #binary(node: Node): Expression {
    const left = this.#expression(node.childForFieldName('left'));
    const right = this.#expression(node.childForFieldName('right'));
    switch (node.childForFieldName('operator')?.type) {
      case '+':
        return { kind: 'sum', parts: [left, right] };
      case '||':
      case '??':
        return { kind: 'choice', of: [left, right] };
      case '&&':
        return { kind: 'all', of: [left, right] };
      case '==':
      case '===':
        return { kind: 'compare', left, right, place: this.#in.place(node) };
      default:
        return { kind: 'other', of: [left, right] };
    }
  }

  #assignment(node: Node): Expression {
    const target = node.childForFieldName('left');
    const value = this.#expression(node.childForFieldName('right'));
    if (target?.type === 'identifier') {
      this.#out.push({ kind: 'bind', name: this.#in.text(target), value, annotation: null });
      return { kind: 'name', name: this.#in.text(target) };
    }
    const object = target?.type === 'member_expression' ? this.#in.field(target, 'object') : '';
    const name = target === null ? '' : this.#in.field(target, 'property').replace(/^#/, '');
    if (object === 'this') this.#out.push({ kind: 'field', name, value });
    else if (object === 'module' && name === 'exports') this.#out.push({ kind: 'export', name: '=', value });
    else if (object === 'exports' || object === 'module.exports') this.#out.push({ kind: 'export', name, value });
    return value;
  }

  #call(node: Node, field: 'function' | 'constructor'): Expression {
    const callee = node.childForFieldName(field);
    const given = node.childForFieldName('arguments');
    const args = given?.type === 'arguments' ? this.#all(given) : [];
    const place = this.#in.place(callee?.childForFieldName('property') ?? node);
    // `import('./x')` calls a keyword.
    const called: Expression = callee?.type === 'import' ? { kind: 'name', name: 'import' } : this.#expression(callee);
    return { kind: 'call', callee: called, args, named: [], place };
  }

  #template(node: Node): Expression[] {
    return children(node).map((part) => {
      if (part.type === 'template_substitution') return this.#expression(children(part)[0] ?? null);
      return { kind: 'text', value: unescaped(this.#in.text(part)) };
    });
  }

  #entries(node: Node): NamedValue[] {
    return children(node).flatMap((part): NamedValue[] => {
      if (part.type === 'shorthand_property_identifier') {
        const name = this.#in.text(part);
        return [{ name, value: { kind: 'name', name } }];
      }
      if (part.type === 'method_definition')
        return [{ name: this.#in.field(part, 'name'), value: this.#function(part) }];
      if (part.type === 'spread_element') return [{ name: '...', value: this.#expression(children(part)[0] ?? null) }];
      if (part.type !== 'pair') return [];
      const key = part.childForFieldName('key');
      const name = key === null ? '' : key.type === 'string' ? this.#literal(key) : this.#in.text(key);
      return [{ name, value: this.#expression(part.childForFieldName('value')) }];
    });
  }

  #all(node: Node): Expression[] {
    return children(node).map((child) => this.#expression(child));
  }

  #literal(node: Node): string {
    return unescaped(this.#in.text(node).slice(1, -1));
  }
}

function children(node: Node | null): Node[] {
  return (node?.namedChildren ?? []).filter((child) => child !== null && child.type !== 'comment') as Node[];
}
