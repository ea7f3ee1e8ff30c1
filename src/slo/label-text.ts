/** A label's value as it stands between quotes in Prometheus' and OpenMetrics' texts. */
export function labelText(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
