import type { Field, FieldType, MessageType } from './message-type.ts';

/** A message as JSON has it: by the names of its fields. Bytes are `Buffer`s. */
export type Message = Readonly<Record<string, unknown>>;

/** Bytes that are no message, or a value that a field cannot hold; a sentence. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

/** Protocol Buffers, version 3. Fields that are not of the type are refused. Throws a {@link ProtobufError}. */
export function encodeMessage(type: MessageType, message: Message): Buffer {
  const known = new Set(type.fields.map(({ name }) => name));
  const other = Object.keys(message).find((name) => !known.has(name));
  if (other !== undefined) {
    throw new ProtobufError(`"${other}" is not known here; there are ${[...known].join(', ')}.`);
  }
  return Buffer.concat(type.fields.flatMap((field) => encodeField(field, message[field.name])));
}

function encodeField(field: Field, value: unknown): Buffer[] {
  if (value === undefined || value === null) return [];
  const { name, number, type, repeated } = field;
  if (!repeated) return [tag(number, wireOf(type)), encodeValue(name, type, value)];
  if (!Array.isArray(value)) throw new ProtobufError(`"${name}" must be a list.`);
  if (value.length === 0) return [];
  // Numbers of a list are packed into one field.
  if (wireOf(type) !== DELIMITED) {
    const packed = packedNumbers(name, type, value);
    return [tag(number, DELIMITED), varint(BigInt(packed.length)), packed];
  }
  return value.flatMap((one) => [tag(number, DELIMITED), encodeValue(name, type, one)]);
}

/** A tensor has many elements: those of a fixed size are written into one piece of memory. */
function packedNumbers(name: string, type: FieldType, values: readonly unknown[]): Buffer {
  if (type !== 'float' && type !== 'double') return Buffer.concat(values.map((one) => encodeValue(name, type, one)));
  const size = type === 'float' ? 4 : 8;
  const bytes = Buffer.alloc(values.length * size);
  values.forEach((value, at) => {
    if (type === 'float') bytes.writeFloatLE(number(name, value), at * size);
    else bytes.writeDoubleLE(number(name, value), at * size);
  });
  return bytes;
}

function wireOf(type: FieldType): number {
  switch (type) {
    case 'bool':
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'uint64':
      return VARINT;
    case 'float':
      return FIXED32;
    case 'double':
      return FIXED64;
    default:
      return DELIMITED;
  }
}

function encodeValue(name: string, type: FieldType, value: unknown): Buffer {
  switch (type) {
    case 'bool':
      return varint(flag(name, value) ? 1n : 0n);
    case 'int32':
    case 'int64':
    case 'uint32':
    case 'uint64':
      return varint(BigInt.asUintN(64, whole(name, type, value)));
    case 'float': {
      const bytes = Buffer.alloc(4);
      bytes.writeFloatLE(number(name, value));
      return bytes;
    }
    case 'double': {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(number(name, value));
      return bytes;
    }
    case 'string':
      if (typeof value !== 'string') throw new ProtobufError(`"${name}" must be a text, not ${JSON.stringify(value)}.`);
      return delimited(Buffer.from(value));
    case 'bytes':
      if (!Buffer.isBuffer(value) && typeof value !== 'string') throw new ProtobufError(`"${name}" must be a text.`);
      return delimited(Buffer.from(value));
    default:
      if (typeof value !== 'object' || Array.isArray(value)) throw new ProtobufError(`"${name}" must be an object.`);
      return delimited(encodeMessage(type, value as Message));
  }
}

function flag(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw new ProtobufError(`"${name}" must be true or false.`);
  return value;
}

function number(name: string, value: unknown): number {
  if (typeof value !== 'number') throw new ProtobufError(`"${name}" must be a number, not ${JSON.stringify(value)}.`);
  return value;
}

/** A text stands for what no number of JSON can. */
function whole(name: string, type: 'int32' | 'int64' | 'uint32' | 'uint64', value: unknown): bigint {
  const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value) || /^-?\d+$/.test(String(value));
  if (!isWhole) throw new ProtobufError(`"${name}" must be a whole number, not ${JSON.stringify(value)}.`);
  const exact = BigInt(value as number | string | bigint);
  const bits = type.endsWith('32') ? 32 : 64;
  const inRange = type.startsWith('u') ? BigInt.asUintN(bits, exact) === exact : BigInt.asIntN(bits, exact) === exact;
  if (!inRange) throw new ProtobufError(`"${name}" is beyond ${type}: ${exact}.`);
  return exact;
}

function tag(number: number, wire: number): Buffer {
  return varint(BigInt((number << 3) | wire));
}

function delimited(bytes: Buffer): Buffer {
  return Buffer.concat([varint(BigInt(bytes.length)), bytes]);
}

/** @param value not negative */
function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** Reads a message; fields that are not of the type are passed over, those that are not there are left out. Throws a {@link ProtobufError}. */
export function decodeMessage(type: MessageType, bytes: Buffer): Message {
  const reader = new Reader(bytes);
  const message: Record<string, unknown> = {};
  while (!reader.ended) {
    const key = Number(reader.varint());
    const field = type.fields.find(({ number }) => number === key >> 3);
    if (field === undefined) {
      reader.skip(key & 7);
      continue;
    }
    const { name, repeated } = field;
    const values = decodeField(reader, field, key & 7);
    if (!repeated) {
      message[name] = values.at(-1);
      continue;
    }
    const list = (message[name] as unknown[] | undefined) ?? [];
    message[name] = list;
    for (const value of values) list.push(value);
  }
  return message;
}

function decodeField(reader: Reader, { name, type, repeated }: Field, wire: number): unknown[] {
  const own = wireOf(type);
  if (repeated && wire === DELIMITED && own !== DELIMITED) {
    const packed = new Reader(reader.delimited());
    const values: unknown[] = [];
    while (!packed.ended) values.push(decodeValue(packed, type));
    return values;
  }
  if (wire !== own) throw new ProtobufError(`"${name}" is written in another way than its type.`);
  return [decodeValue(reader, type)];
}

function decodeValue(reader: Reader, type: FieldType): unknown {
  switch (type) {
    case 'bool':
      return reader.varint() !== 0n;
    case 'int32':
      return Number(BigInt.asIntN(32, reader.varint()));
    case 'uint32':
      return Number(BigInt.asUintN(32, reader.varint()));
    case 'int64':
      return exact(BigInt.asIntN(64, reader.varint()));
    case 'uint64':
      return exact(BigInt.asUintN(64, reader.varint()));
    case 'float':
      return reader.fixed(4).readFloatLE();
    case 'double':
      return reader.fixed(8).readDoubleLE();
    case 'string':
      return reader.delimited().toString();
    case 'bytes':
      return reader.delimited();
    default:
      return decodeMessage(type, reader.delimited());
  }
}

/** What a number holds exactly, else the text of it. */
export function exact(value: bigint): number | string {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
}

const LONGEST_VARINT = 10;

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let count = 0; count < LONGEST_VARINT; count++) {
      const byte = this.fixed(1)[0]!;
      value |= BigInt(byte & 0x7f) << BigInt(7 * count);
      if (byte < 0x80) return value;
    }
    throw new ProtobufError('A number in it is too long.');
  }

  fixed(length: number): Buffer {
    const from = this.#at;
    if (from + length > this.#bytes.length) throw new ProtobufError('It ends too soon.');
    this.#at += length;
    return this.#bytes.subarray(from, this.#at);
  }

  delimited(): Buffer {
    return this.fixed(Number(this.varint()));
  }

  skip(wire: number): void {
    if (wire === VARINT) this.varint();
    else if (wire === FIXED64) this.fixed(8);
    else if (wire === DELIMITED) this.delimited();
    else if (wire === FIXED32) this.fixed(4);
    else throw new ProtobufError('A field in it is of no known kind.');
  }
}
