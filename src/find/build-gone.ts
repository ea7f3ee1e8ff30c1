/** A build that had answered does so no longer. */
export class BuildGone extends Error {
  override readonly name = 'BuildGone';
  readonly build: string;

  constructor(build: string, why: string) {
    super(why);
    this.build = build;
  }
}
