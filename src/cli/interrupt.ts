/** Calls `stop` when the person or the system asks this program to end. @returns what ends that */
export function onInterrupt(stop: () => void): () => void {
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
}
