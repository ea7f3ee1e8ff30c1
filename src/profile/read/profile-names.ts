/** Endings of files that hold a profile and nothing else; what is in others only their content tells. */
export const PROFILE_ENDINGS = ['cpuprofile', 'speedscope.json', 'speedscope', 'collapsed', 'folded'] as const;
