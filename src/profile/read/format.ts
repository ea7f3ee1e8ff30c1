import type { Profile } from '../profile.ts';

/** What a file holds: its text and, where that is JSON, what it says; else null. */
export interface ProfileContent {
  readonly text: string;
  readonly json: object | null;
}

/** One kind of file that holds profiles. */
export interface ProfileFormat {
  /** As people call it: `speedscope JSON`. */
  readonly name: string;
  /** Endings of files that hold this and nothing else; what is in others only their content tells. */
  readonly endings: readonly string[];
  /** Whether it is this, as far as can be seen without reading it. Throws a `ProfileError` where it is nothing at all. */
  recognises(content: ProfileContent): boolean;
  /** @param name what to call the profile where the file does not say. Throws a `ProfileError`. */
  read(content: ProfileContent, name: string): Profile[];
}
