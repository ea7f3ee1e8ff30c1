/**
 * A step that cannot be sent (`template`: it names a value there is none of), or whose answer was not what the plan expects
 * (`extract`, `check`). The message is a sentence for people.
 */
export class StepError extends Error {
  override readonly name = 'StepError';
  readonly kind: 'template' | 'extract' | 'check';

  constructor(kind: StepError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}
