const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A second signal counts only this long after the first: what `npx` is sent by a terminal it hands on to us, who were sent it too. */
const AGAIN_MS = 1000;

/**
 * Calls `stop`, once, when the person or the system asks this program to end, or its terminal is closed. Asked again this program ends at
 * once; the runner notices, and a started target is ended with it.
 * @returns what ends that
 */
export function onInterrupt(stop: () => void): () => void {
  let asked: number | null = null;
  const hear = (): void => {
    if (asked === null) {
      asked = performance.now();
      stop();
    } else if (performance.now() - asked >= AGAIN_MS) process.exit(130);
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  return () => {
    for (const signal of SIGNALS) process.off(signal, hear);
  };
}
