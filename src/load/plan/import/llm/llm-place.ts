/** Where a server of language models is asked for answers. */
export interface LlmPlace {
  /** Its origin. */
  readonly target: string;
  /** Of the paths of its API: `/v1`, or with something before it. */
  readonly base: string;
  readonly api: 'openai-chat' | 'openai-completions';
}

/** The place an address means that ends like one of OpenAI's API; null: it does not. */
export function llmEndpoint(address: string): LlmPlace | null {
  const url = placeOf(address);
  const found = url === null ? null : /^(.*?)\/(chat\/)?completions\/?$/.exec(url.pathname);
  if (url === null || found === null) return null;
  return {
    target: url.origin,
    base: found[1] ?? '',
    api: found[2] === undefined ? 'openai-completions' : 'openai-chat',
  };
}

/** As {@link llmEndpoint}, and the chat of a server that is named by its address alone, or with `/v1`. */
export function llmServer(address: string): LlmPlace | null {
  const url = placeOf(address);
  if (url === null) return null;
  const { origin, pathname } = url;
  if (pathname === '/') return { target: origin, base: '/v1', api: 'openai-chat' };
  if (/\/v1\/?$/.test(pathname)) return { target: origin, base: pathname.replace(/\/$/, ''), api: 'openai-chat' };
  return llmEndpoint(address);
}

function placeOf(address: string): URL | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  // Whatever a query or a fragment is for, it is not for these.
  return /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' ? url : null;
}
