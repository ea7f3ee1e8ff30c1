import { COLLAPSED } from './collapsed.ts';
import { CPU_PROFILE } from './cpuprofile.ts';
import type { ProfileFormat } from './format.ts';
import { PY_SPY_TRACE } from './py-spy-trace.ts';
import { SPEEDSCOPE } from './speedscope.ts';
import { V8_TRACE } from './v8-trace.ts';

/** All that can be read: the first that recognises a file reads it. */
export const PROFILE_FORMATS: readonly ProfileFormat[] = [
  CPU_PROFILE,
  PY_SPY_TRACE,
  // Takes whatever is a list of events.
  V8_TRACE,
  SPEEDSCOPE,
  COLLAPSED,
];

/** Endings of files that hold a profile and nothing else; what is in others only their content tells. */
export const PROFILE_ENDINGS: readonly string[] = PROFILE_FORMATS.flatMap(({ endings }) => endings);
