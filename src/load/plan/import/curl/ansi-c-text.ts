const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  v: '\v',
};

const ESCAPE =
  /((?:\\(?:x[0-9a-fA-F]{1,2}|[0-7]{1,3}))+)|\\u([0-9a-fA-F]{1,4})|\\U([0-9a-fA-F]{1,8})|\\c(.)|\\([\s\S])/g;

/** What stands between `$'` and `'`, which is how browsers copy a body that has quotes or line breaks (bash, ANSI-C quoting). */
export function ansiCText(inside: string): string {
  return inside.replace(
    ESCAPE,
    (_, bytes?: string, short?: string, long?: string, control?: string, plain?: string) => {
      if (bytes !== undefined) return bytesOf(bytes);
      if (short !== undefined || long !== undefined) return codePoint(Number.parseInt((short ?? long)!, 16));
      if (control !== undefined) return String.fromCharCode(control.toUpperCase().charCodeAt(0) ^ 0x40);
      return SIMPLE[plain!] ?? plain!.replace(/^[^"'?\\]/, '\\$&');
    },
  );
}

/** Several at once, because one character of UTF-8 may take several. */
function bytesOf(escapes: string): string {
  const codes = escapes.split('\\').slice(1);
  return Buffer.from(
    codes.map((code) => (code.startsWith('x') ? Number.parseInt(code.slice(1), 16) : Number.parseInt(code, 8) & 0xff)),
  ).toString('utf8');
}

function codePoint(code: number): string {
  return code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
}
