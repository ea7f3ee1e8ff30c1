import path from 'node:path';

/** IANA's names for what inference endpoints are sent. */
const BY_EXTENSION: ReadonlyMap<string, string> = new Map([
  ['.jpg', 'image/jpeg'],
  ['.jpeg', 'image/jpeg'],
  ['.png', 'image/png'],
  ['.gif', 'image/gif'],
  ['.webp', 'image/webp'],
  ['.avif', 'image/avif'],
  ['.heic', 'image/heic'],
  ['.bmp', 'image/bmp'],
  ['.tif', 'image/tiff'],
  ['.tiff', 'image/tiff'],
  ['.svg', 'image/svg+xml'],
  ['.wav', 'audio/wav'],
  ['.mp3', 'audio/mpeg'],
  ['.m4a', 'audio/mp4'],
  ['.ogg', 'audio/ogg'],
  ['.opus', 'audio/ogg'],
  ['.flac', 'audio/flac'],
  ['.aac', 'audio/aac'],
  ['.mp4', 'video/mp4'],
  ['.webm', 'video/webm'],
  ['.json', 'application/json'],
  ['.jsonl', 'application/jsonl'],
  ['.ndjson', 'application/x-ndjson'],
  ['.txt', 'text/plain'],
  ['.csv', 'text/csv'],
  ['.pdf', 'application/pdf'],
]);

/** A file's content type by its name; bytes where that tells nothing. */
export function mediaTypeOf(file: string): string {
  return BY_EXTENSION.get(path.extname(file).toLowerCase()) ?? 'application/octet-stream';
}
