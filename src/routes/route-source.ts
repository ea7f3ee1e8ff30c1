import { type Route, routesIn } from './route.ts';

/** What keeps the routes of the files it is told of. */
export interface RouteSource {
  update(file: string, source: string): void;
  remove(file: string): void;
  routesOf(file: string): Promise<readonly Route[]>;
}

/** The routes each file declares by itself. */
export class PlainRoutes implements RouteSource {
  readonly #sources = new Map<string, string>();

  update(file: string, source: string): void {
    this.#sources.set(file, source);
  }

  remove(file: string): void {
    this.#sources.delete(file);
  }

  async routesOf(file: string): Promise<readonly Route[]> {
    return routesIn(this.#sources.get(file) ?? '');
  }
}
