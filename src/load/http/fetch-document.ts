import http from 'node:http';

const MAX_BYTES = 8 * 1024 * 1024;

/** What is served at an `http:` address as JSON; null where nothing is, or not before the signal. */
export function fetchDocument(
  address: URL,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { signal, agent: false as const, headers: { accept: 'application/json', ...headers } };
    const request = http.get(address, options, (answer) => {
      if (answer.statusCode !== 200) {
        answer.destroy();
        resolve(null);
        return;
      }
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (data: string) => {
        text += data;
        if (text.length > MAX_BYTES) answer.destroy();
      });
      answer.on('close', () => resolve(answer.complete && text.trimStart().startsWith('{') ? text : null));
    });
    request.on('error', () => resolve(null));
  });
}
