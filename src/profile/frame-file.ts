import { fileURLToPath } from 'node:url';

/** The file a profiler named, as a path where it is a `file:` URL; null where it named none. */
export function frameFile(url: string): string | null {
  if (url === '') return null;
  if (!url.startsWith('file:')) return url;
  try {
    return fileURLToPath(url);
  } catch {
    return url;
  }
}
