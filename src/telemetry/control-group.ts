/** Where the files of a process's control groups are, the innermost group first. */
export interface ControlGroupFolders {
  readonly cpu: readonly string[];
  readonly memory: readonly string[];
}

/** Time in one control group since it was made. */
export interface ThrottleTimes {
  /** A core was kept from it by its limit, ms, summed over cores. */
  readonly throttled: number;
  /** CPU time it took, ms; NaN where it is not told. */
  readonly taken: number;
}

interface Mount {
  readonly root: string;
  readonly folder: string;
  /** `cpu`, `memory`, …; empty for version 2, which has all of them. */
  readonly controllers: readonly string[];
}

/** From this on a limit of version 1 is none: it is the largest number of whole pages. */
const UNLIMITED = 2 ** 60;

/** @param groups `/proc/PID/cgroup` @param mounts `/proc/self/mountinfo` */
export function controlGroupFolders(groups: string, mounts: string): ControlGroupFolders {
  const mounted = parseMounts(mounts);
  const paths = groups
    .split('\n')
    .map((line) => /^\d+:([^:]*):(.*)$/.exec(line))
    .filter((found) => found !== null)
    .map(([, controllers, path]) => ({ controllers: controllers!.split(','), path: path! }));
  const foldersOf = (controller: string): string[] => {
    const own = paths.find(({ controllers }) => controllers.includes(controller));
    const mount = mounted.find(({ controllers }) => controllers.includes(controller));
    if (own !== undefined && mount !== undefined) return upwards(mount, own.path);
    const unified = paths.find(({ controllers }) => controllers[0] === '');
    const second = mounted.find(({ controllers }) => controllers.length === 0);
    return unified === undefined || second === undefined ? [] : upwards(second, unified.path);
  };
  return { cpu: foldersOf('cpu'), memory: foldersOf('memory') };
}

/** Of `cpu.stat`, of either version; null where the group has no limit to be kept by. */
export function parseThrottleTimes(text: string): ThrottleTimes | null {
  const figure = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  const [first, second] = [figure('throttled_time') / 1e6, figure('throttled_usec') / 1e3];
  const throttled = Number.isNaN(second) ? first : second;
  return Number.isNaN(throttled) ? null : { throttled, taken: figure('usage_usec') / 1e3 };
}

/** Of `cpu.max` (version 2) or `cpu.cfs_quota_us` (version 1): whether there is a limit. */
export function isCpuLimited(text: string): boolean {
  return Number.parseInt(text, 10) > 0;
}

/** Of `memory.max` (version 2) or `memory.limit_in_bytes` (version 1), bytes; null where there is none. */
export function parseMemoryLimit(text: string): number | null {
  const limit = Number.parseInt(text, 10);
  return Number.isNaN(limit) || limit >= UNLIMITED ? null : limit;
}

/** Of `memory.stat`, of either version: file pages that are given up when memory gets short, bytes. */
export function parseReclaimable(text: string): number {
  // Version 1 tells of the group alone, and as `total_` of it and those within.
  const found = /^total_inactive_file (\d+)$/m.exec(text) ?? /^inactive_file (\d+)$/m.exec(text);
  return Number(found?.[1] ?? 0);
}

/**
 * The share of a time in which the limit kept the group from running, 0–1. What was kept is told as a sum over cores, so of a group on
 * several of them the share of what it wanted is the better figure; the lower one holds. @param elapsed ms
 */
export function throttledShare(before: ThrottleTimes, after: ThrottleTimes, elapsed: number): number {
  const throttled = Math.max(0, after.throttled - before.throttled);
  const wanted = throttled + after.taken - before.taken;
  const ofTime = Math.min(1, throttled / elapsed);
  return wanted > 0 ? Math.min(ofTime, throttled / wanted) : ofTime;
}

function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before, after] = line.split(' - ');
    const fields = before?.split(' ') ?? [];
    const [type, , options] = after?.split(' ') ?? [];
    if (type !== 'cgroup' && type !== 'cgroup2') return [];
    const controllers = type === 'cgroup2' ? [] : (options ?? '').split(',');
    return [{ root: fields[3] ?? '/', folder: fields[4] ?? '', controllers }];
  });
}

/** The group's folder and those above it, as far as they are mounted. */
function upwards({ root, folder }: Mount, path: string): string[] {
  const inside = root === '/' ? path : path.startsWith(root) ? path.slice(root.length) : '/';
  // From within a container, what lies outside of it is told as `/..`: then its own group is all there is.
  const names = inside.includes('..') ? [] : inside.split('/').filter((name) => name !== '');
  return Array.from({ length: names.length + 1 }, (_, up) => [folder, ...names.slice(0, names.length - up)].join('/'));
}
