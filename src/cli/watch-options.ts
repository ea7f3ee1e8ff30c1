import { Option } from 'commander';
import { collect } from './option-values.ts';

/** What is read beside the load, for every command that sends some. */
export function metricsOption(): Option {
  return severalTimes(
    '--metrics <source>',
    "auto, off, a URL of Prometheus metrics, or URL=series,series; may be given several times (default: the plan's, else auto)",
  );
}

export function logOption(): Option {
  return severalTimes('--log <file>', 'a log to follow beside the load; may be given several times');
}

/** Undefined where it is not given: then the plan says. */
function severalTimes(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, before: string[] | undefined) =>
    collect(value, before ?? []),
  );
}
