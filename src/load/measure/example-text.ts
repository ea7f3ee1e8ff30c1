import type { FailureExample } from '../../runs/failure-example.ts';
import type { ExampleOf } from './run-figures.ts';

/** What the first example of a kind of failure said. */
export function exampleTexts(examples: readonly FailureExample[]): ExampleOf {
  return (kind, step) => {
    const found = examples.find((example) => example.kind === kind && (step === null || example.step === step));
    return found?.text ?? (kind === 'dropped' ? 'Due, but no connection was free in time.' : '');
  };
}
