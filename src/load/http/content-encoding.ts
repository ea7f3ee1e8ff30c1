import type { Transform } from 'node:stream';
import zlib from 'node:zlib';

const MOST_BYTES = 16 * 1024 * 1024;

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
/** What is compressed as it streams ends nowhere, so all is unpacked that can be of each part. */
const BY_PART = { flush: Z_SYNC_FLUSH, finishFlush: Z_SYNC_FLUSH };
const BROTLI_BY_PART = { flush: BROTLI_OPERATION_FLUSH, finishFlush: BROTLI_OPERATION_FLUSH };

interface Limit {
  readonly maxOutputLength: number;
}

interface Encoding {
  /** Unpacks a whole body, if that comes to no more than the limit. */
  readonly decode: (body: Buffer, limit: Limit) => Buffer;
  /** Unpacks one part by part. @param start the first of them */
  readonly unpacker: (start: Buffer) => Transform;
}

const GZIP: Encoding = {
  decode: (body, limit) => zlib.gunzipSync(body, limit),
  unpacker: () => zlib.createGunzip(BY_PART),
};

const DEFLATE: Encoding = {
  decode: (body, limit) => (hasZlibHeader(body) ? zlib.inflateSync(body, limit) : zlib.inflateRawSync(body, limit)),
  unpacker: (start) => (hasZlibHeader(start) ? zlib.createInflate(BY_PART) : zlib.createInflateRaw(BY_PART)),
};
const BROTLI: Encoding = {
  decode: (body, limit) => zlib.brotliDecompressSync(body, limit),
  unpacker: () => zlib.createBrotliDecompress(BROTLI_BY_PART),
};

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map<string, Encoding>([
  ['gzip', GZIP],
  ['x-gzip', GZIP],
  ['deflate', DEFLATE],
  ['br', BROTLI],
  ...newerEncodings(),
]);

/** Node reads zstd from 22.15 on. */
function newerEncodings(): [string, Encoding][] {
  const { zstdDecompressSync, createZstdDecompress } = zlib as {
    zstdDecompressSync?: Encoding['decode'];
    createZstdDecompress?: () => Transform;
  };
  if (zstdDecompressSync === undefined || createZstdDecompress === undefined) return [];
  return [['zstd', { decode: zstdDecompressSync, unpacker: () => createZstdDecompress() }]];
}

/** Some servers say `deflate` and leave the zlib header (RFC 1950) out. Of a single byte the half of it has to do. */
function hasZlibHeader(start: Buffer): boolean {
  return (start[0]! & 0x0f) === 8 && (start.length < 2 || start.readUInt16BE(0) % 31 === 0);
}

/** The encodings a body went through, the last first, as they are to be undone. @param contentEncoding as the header has it */
export function encodingsOf(contentEncoding: string): string[] {
  const names = contentEncoding.split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== '' && name !== 'identity').reverse();
}

/**
 * A body as it was before its `Content-Encoding`. Throws an Error with a sentence where it is damaged, too large or in an encoding that
 * is not known.
 * @param most bytes that it may have
 */
export function decodeBody(body: Buffer, contentEncoding: string | undefined, most = MOST_BYTES): Buffer {
  if (contentEncoding === undefined || body.length === 0) return body;
  return encodingsOf(contentEncoding).reduce((rest, encoding) => decodeOnce(rest, encoding, most), body);
}

/** The text of a body for people: unpacked, and empty where it cannot be. @param most bytes to unpack; one with more cannot be */
export function readableBody(body: Buffer, contentEncoding: string | undefined, most = MOST_BYTES): string {
  try {
    return decodeBody(body, contentEncoding, most).toString();
  } catch {
    return '';
  }
}

/** What undoes an encoding part by part. Throws an Error with a sentence where it is not known. @param start the first part */
export function unpackerOf(encoding: string, start: Buffer): Transform {
  return encodingNamed(encoding).unpacker(start);
}

/** What is wrong with a body that cannot be unpacked, as a sentence. */
export function damage(encoding: string, error: Error): string {
  return `The answer says it is ${encoding} and cannot be unpacked: ${error.message}.`;
}

function decodeOnce(body: Buffer, encoding: string, most: number): Buffer {
  const { decode } = encodingNamed(encoding);
  try {
    return decode(body, { maxOutputLength: most });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Error(`The answer is larger than ${most / 1024 / 1024} MB when unpacked.`);
    }
    throw new Error(damage(encoding, error as Error));
  }
}

function encodingNamed(name: string): Encoding {
  const encoding = ENCODINGS.get(name);
  if (encoding === undefined) throw new Error(`The answer is compressed with "${name}", which cannot be read here.`);
  return encoding;
}
