import { CookieJar as ToughCookieJar } from 'tough-cookie';

/** The cookies of one iteration, by the rules of RFC 6265. It costs nothing until the first is set. */
export class CookieJar {
  #jar: ToughCookieJar | null = null;

  /** The `Cookie` header for an address; null where there is none to send. */
  header(url: string): string | null {
    return this.#jar?.getCookieStringSync(url) || null;
  }

  /** Keeps what an answer from `url` set; a cookie that is not one, or not for that host, is left out as a browser would. */
  store(url: string, setCookie: readonly string[]): void {
    // Under load tests hosts are `localhost`, an address, or one word on a private network: no public suffixes.
    this.#jar ??= new ToughCookieJar(undefined, { rejectPublicSuffixes: false });
    for (const cookie of setCookie) this.#jar.setCookieSync(cookie, url, { ignoreError: true });
  }
}
