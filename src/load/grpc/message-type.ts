/** What a field of a message holds, as Protocol Buffers write it. */
export type FieldType =
  | 'string'
  | 'bytes'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'uint32'
  | 'uint64'
  | 'float'
  | 'double'
  | MessageType;

export interface Field {
  readonly name: string;
  readonly number: number;
  readonly type: FieldType;
  readonly repeated: boolean;
}

/** A message by its fields. A map is a repeated message of `key` and `value`. */
export interface MessageType {
  readonly fields: readonly Field[];
}

/** @param fields name, number, type, and whether there may be several */
export function message(...fields: readonly (readonly [string, number, FieldType, 'repeated'?])[]): MessageType {
  return {
    fields: fields.map(([name, number, type, repeated]) => ({
      name,
      number,
      type,
      repeated: repeated !== undefined,
    })),
  };
}
