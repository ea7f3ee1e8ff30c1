import type { Node } from '@vscode/tree-sitter-wasm';
import { type Lowering, unescaped } from './lowering.ts';
import {
  bindImport,
  type ClassSyntax,
  type Decorator,
  type Expression,
  FALSE,
  type FunctionSyntax,
  type NamedValue,
  NOTHING,
  type Parameter,
  type Statement,
  TRUE,
} from './syntax.ts';

/** The syntax of a Python file, a list for each of its statements. */
export function lowerPython(root: Node, lowering: Lowering): readonly (readonly Statement[])[] {
  return new PythonLowering(lowering).each(root);
}

class PythonLowering {
  readonly #in: Lowering;

  constructor(lowering: Lowering) {
    this.#in = lowering;
  }

  each(node: Node | null): (readonly Statement[])[] {
    return children(node).map((child) => this.#in.statements(child, (out) => this.#statement(child, out)));
  }

  body(node: Node | null): Statement[] {
    return this.each(node).flat();
  }

  #statement(node: Node, out: Statement[]): void {
    switch (node.type) {
      case 'expression_statement':
        for (const child of children(node)) this.#expressionStatement(child, out);
        return;
      case 'import_statement':
        this.#import(node, out);
        return;
      case 'import_from_statement':
        this.#importFrom(node, out);
        return;
      case 'function_definition':
      case 'class_definition':
        this.#define(node, [], out);
        return;
      case 'decorated_definition': {
        const definition = node.childForFieldName('definition');
        const decorators = children(node)
          .filter(({ type }) => type === 'decorator')
          .map((decorator) => ({
            value: this.#expression(children(decorator)[0] ?? null),
            place: this.#in.place(decorator),
          }));
        if (definition !== null) this.#define(definition, decorators, out);
        return;
      }
      case 'return_statement':
        out.push({ kind: 'return', value: this.#expression(children(node)[0] ?? null) });
        return;
      case 'block':
        out.push(...this.body(node));
        return;
      case 'for_statement': {
        const body = this.body(node.childForFieldName('body'));
        out.push({ kind: 'do', value: this.#loop(node, body) });
        // What the loop's body binds, it binds here: to what the last item made of it.
        for (const name of boundIn(body)) out.push({ kind: 'bind', name, value: NOTHING, annotation: null });
        return;
      }
      default:
        for (const child of children(node)) this.#inner(child, out);
    }
  }

  /** Parts of an `if`, a loop, a `with`: what they hold happens in the scope around them. */
  #inner(node: Node, out: Statement[]): void {
    if (node.type === 'block') out.push({ kind: 'block', body: this.body(node) });
    else if (/_clause$|^with_item$/.test(node.type)) for (const child of children(node)) this.#inner(child, out);
    else if (node.type === 'as_pattern') {
      const [value, target] = children(node);
      const name = target && children(target)[0];
      if (name?.type === 'identifier')
        out.push({ kind: 'bind', name: this.#in.text(name), value: this.#expression(value ?? null), annotation: null });
    } else out.push({ kind: 'do', value: this.#expression(node) });
  }

  #expressionStatement(node: Node, out: Statement[]): void {
    if (node.type === 'assignment') this.#assign(node, out);
    else if (node.type === 'augmented_assignment') {
      const target = node.childForFieldName('left');
      if (target?.type !== 'identifier') return;
      const name = this.#in.text(target);
      const added = this.#expression(node.childForFieldName('right'));
      out.push({
        kind: 'bind',
        name,
        value: { kind: 'sum', parts: [{ kind: 'name', name }, added] },
        annotation: null,
      });
    } else out.push({ kind: 'do', value: this.#expression(node) });
  }

  #assign(node: Node, out: Statement[]): void {
    const target = node.childForFieldName('left');
    const right = node.childForFieldName('right');
    // `a = b = value`
    if (right?.type === 'assignment') this.#assign(right, out);
    const value =
      right?.type === 'assignment' ? this.#expression(right.childForFieldName('left')) : this.#expression(right);
    const type = node.childForFieldName('type');
    const annotation = type === null ? null : this.#expression(children(type)[0] ?? null);
    if (target?.type === 'identifier') out.push({ kind: 'bind', name: this.#in.text(target), value, annotation });
    else if (target?.type === 'attribute') {
      const object = target.childForFieldName('object');
      const name = target.childForFieldName('attribute');
      if (object !== null && name !== null && this.#in.text(object) === 'self')
        out.push({ kind: 'field', name: this.#in.text(name), value });
      else out.push({ kind: 'do', value });
    } else out.push({ kind: 'do', value });
  }

  #import(node: Node, out: Statement[]): void {
    for (const child of children(node)) {
      if (child.type === 'aliased_import') {
        const module = this.#in.field(child, 'name');
        out.push(bindImport(this.#in.field(child, 'alias'), module, ''));
      } else {
        // `import a.b` binds `a`; its members are found from there.
        const module = this.#in.text(child);
        const first = module.split('.')[0]!;
        out.push(bindImport(first, first, ''));
      }
    }
  }

  #importFrom(node: Node, out: Statement[]): void {
    const from = node.childForFieldName('module_name');
    if (from === null) return;
    const module = this.#in.text(from).replace(/\s/g, '');
    for (const child of children(node)) {
      if (child.type === 'wildcard_import') out.push(bindImport('*', module, '*'));
      else if (child.startIndex === from.startIndex) continue;
      else if (child.type === 'aliased_import')
        out.push(bindImport(this.#in.field(child, 'alias'), module, this.#in.field(child, 'name')));
      else if (child.type === 'dotted_name') out.push(bindImport(this.#in.text(child), module, this.#in.text(child)));
    }
  }

  /** A loop is its body, called with every item. */
  #loop(node: Node, body: readonly Statement[]): Expression {
    const target = node.childForFieldName('left');
    const name = target?.type === 'identifier' ? this.#in.text(target) : 'item';
    const parts =
      target?.type === 'pattern_list' || target?.type === 'tuple_pattern'
        ? children(target).map((part, index) => ({
            name: this.#in.text(part),
            value: { kind: 'member', object: { kind: 'name', name }, name: `${index}` } as const,
          }))
        : [];
    const each: FunctionSyntax = { kind: 'function', name: null, params: [{ name, annotation: null, parts }], body };
    const callee: Expression = {
      kind: 'member',
      object: this.#expression(node.childForFieldName('right')),
      name: 'forEach',
    };
    return { kind: 'call', callee, args: [each], named: [], place: this.#in.place(node) };
  }

  #define(node: Node, decorators: readonly Decorator[], out: Statement[]): void {
    const of = node.type === 'class_definition' ? this.#class(node) : this.#function(node);
    if (of.name !== null) out.push({ kind: 'bind', name: of.name, value: of, annotation: null });
    out.push({ kind: 'define', of, decorators });
  }

  #function(node: Node): FunctionSyntax {
    return {
      kind: 'function',
      name: this.#in.field(node, 'name'),
      params: children(node.childForFieldName('parameters')).map((param) => this.#parameter(param)),
      body: this.body(node.childForFieldName('body')),
    };
  }

  #class(node: Node): ClassSyntax {
    return {
      kind: 'class',
      name: this.#in.field(node, 'name'),
      bases: children(node.childForFieldName('superclasses'))
        .filter(({ type }) => type !== 'keyword_argument')
        .map((base) => this.#expression(base)),
      body: this.body(node.childForFieldName('body')),
    };
  }

  #parameter(node: Node): Parameter {
    const type = node.childForFieldName('type');
    const name = node.type === 'identifier' ? node : (node.childForFieldName('name') ?? children(node)[0] ?? node);
    return {
      name: this.#in.text(name),
      annotation: type === null ? null : this.#expression(children(type)[0] ?? null),
      parts: [],
    };
  }

  #expression(node: Node | null): Expression {
    if (node === null) return NOTHING;
    switch (node.type) {
      case 'identifier':
        return { kind: 'name', name: this.#in.text(node) };
      case 'attribute':
        return {
          kind: 'member',
          object: this.#expression(node.childForFieldName('object')),
          name: this.#in.field(node, 'attribute'),
        };
      case 'subscript': {
        const [object = NOTHING, index = NOTHING] = this.#all(node);
        return index.kind === 'text'
          ? { kind: 'member', object, name: index.value }
          : { kind: 'other', of: [object, index] };
      }
      case 'call':
        return this.#call(node);
      case 'string':
        return this.#string(node);
      case 'concatenated_string':
        return { kind: 'sum', parts: this.#all(node) };
      case 'binary_operator':
        if (node.childForFieldName('operator')?.type === '+') return { kind: 'sum', parts: this.#all(node) };
        return { kind: 'other', of: this.#all(node) };
      case 'boolean_operator':
        return { kind: 'choice', of: this.#all(node) };
      case 'conditional_expression': {
        const [first = NOTHING, test = NOTHING, second = NOTHING] = this.#all(node);
        return { kind: 'either', test, of: [first, second] };
      }
      case 'comparison_operator': {
        const [left, right] = this.#all(node);
        return { kind: 'other', of: [left, right].filter((part) => part !== undefined) };
      }
      case 'list':
      case 'tuple':
      case 'set':
        return { kind: 'list', items: this.#all(node) };
      case 'list_splat':
        return { kind: 'spread', of: this.#expression(children(node)[0] ?? null) };
      case 'dictionary':
        return { kind: 'object', entries: this.#entries(node) };
      case 'lambda':
        return {
          kind: 'function',
          name: null,
          params: children(node.childForFieldName('parameters')).map((param) => this.#parameter(param)),
          body: [{ kind: 'return', value: this.#expression(node.childForFieldName('body')) }],
        };
      case 'await':
      case 'parenthesized_expression':
      case 'type':
        return this.#expression(children(node)[0] ?? null);
      case 'named_expression':
        return this.#expression(node.childForFieldName('value'));
      case 'integer':
      case 'float':
      case 'true':
        return TRUE;
      case 'false':
        return FALSE;
      case 'none':
        return NOTHING;
      default:
        return { kind: 'other', of: this.#all(node) };
    }
  }

  #call(node: Node): Expression {
    const callee = node.childForFieldName('function');
    const given = node.childForFieldName('arguments');
    const args: Expression[] = [];
    const named: NamedValue[] = [];
    for (const child of given?.type === 'argument_list' ? children(given) : []) {
      if (child.type === 'keyword_argument')
        named.push({
          name: this.#in.field(child, 'name'),
          value: this.#expression(child.childForFieldName('value')),
        });
      else if (child.type !== 'dictionary_splat') args.push(this.#expression(child));
    }
    const place = this.#in.place(callee?.childForFieldName('attribute') ?? node);
    return { kind: 'call', callee: this.#expression(callee), args, named, place };
  }

  #string(node: Node): Expression {
    const [start] = children(node);
    const prefix = start?.type === 'string_start' ? this.#in.text(start).replace(/['"]/g, '').toLowerCase() : '';
    if (prefix.includes('b')) return NOTHING;
    const parts = children(node).flatMap((child): Expression[] => {
      if (child.type === 'interpolation') return [this.#expression(child.childForFieldName('expression'))];
      if (child.type !== 'string_content') return [];
      const text = this.#in.text(child);
      return [{ kind: 'text', value: prefix.includes('r') ? text : unescaped(text) }];
    });
    if (parts.length === 0) return { kind: 'text', value: '' };
    return parts.length === 1 && parts[0]!.kind === 'text' ? parts[0]! : { kind: 'sum', parts };
  }

  #entries(node: Node): NamedValue[] {
    return children(node).flatMap((pair) => {
      const key = pair.type === 'pair' ? this.#expression(pair.childForFieldName('key')) : NOTHING;
      return key.kind === 'text' ? [{ name: key.value, value: this.#expression(pair.childForFieldName('value')) }] : [];
    });
  }

  #all(node: Node): Expression[] {
    return children(node).map((child) => this.#expression(child));
  }
}

/** The names a body binds, in whatever block of it. */
function boundIn(body: readonly Statement[]): string[] {
  return body.flatMap((statement) => {
    if (statement.kind === 'bind') return [statement.name];
    return statement.kind === 'block' ? boundIn(statement.body) : [];
  });
}

function children(node: Node | null): Node[] {
  return (node?.namedChildren ?? []).filter((child) => child !== null && child.type !== 'comment') as Node[];
}
