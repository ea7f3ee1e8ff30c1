/** The generator could not be relied on too often, so that nothing can be said of what it measured. */
export class NotReliable extends Error {
  override readonly name = 'NotReliable';

  constructor() {
    super('The generator could not be relied on, however often it was tried.');
  }
}
