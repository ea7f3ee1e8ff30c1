/** A part of a process's memory, by its addresses. */
export interface MemoryRange {
  readonly start: number;
  readonly end: number;
}

/**
 * CPython keeps its interpreter's lock (`struct _gil_runtime_state`, since 3.7) in its own static memory: how long a thread waits before it
 * asks for the lock (µs, 8 bytes), who held it last (8), whether it is held (4 of 8), how often it was handed on (8), then the condition and
 * the mutex that threads wait at.
 */
const FIELDS = { holder: 8, locked: 16, handed: 24 } as const;
export const LOCKED_OFFSET = FIELDS.locked;
/** Conditions and mutexes of the lock lie within this of its beginning, whatever the C library makes of them. */
const WHOLE = 256;
/** 5000 µs, as it is unless the program sets another. */
const DEFAULT_INTERVAL = Buffer.from([0x88, 0x13, 0, 0, 0, 0, 0, 0]);
/** User space ends below this on all that runs this. */
const HIGHEST_ADDRESS = 1n << 48n;
/** Handed on a million times a second this takes 12 days. */
const MOST_HANDED = 1n << 40n;
const FUTEX = { x64: 202, arm64: 98 } as Readonly<Record<string, number>>;

/** The static memory of Python in a process. @param maps `/proc/PID/maps` */
export function pythonMemory(maps: string): MemoryRange[] {
  const found: MemoryRange[] = [];
  let follows: number | null = null;
  for (const line of maps.split('\n')) {
    const [, from, to, rights, name] = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \d+\s*(.*)$/.exec(line) ?? [];
    if (from === undefined) continue;
    const range = { start: Number.parseInt(from, 16), end: Number.parseInt(to!, 16) };
    const isPython = /(?:^|\/)(?:lib)?python[\d.]*[a-z]*(?:\.so[\d.]*|\.dylib)?(?: \(deleted\))?$/.test(name!);
    // What a program has that is zero at first follows its file, and is of no file.
    const isRest: boolean = name === '' && range.start === follows;
    follows = isPython || isRest ? range.end : null;
    if (rights!.startsWith('rw') && (isPython || isRest)) found.push(range);
  }
  return found;
}

/** Where in the memory something lies that can be the lock, as offsets. @param memory beginning at an address that 8 divides */
export function findLocks(memory: Buffer): number[] {
  const found: number[] = [];
  for (let at = memory.indexOf(DEFAULT_INTERVAL); at >= 0; at = memory.indexOf(DEFAULT_INTERVAL, at + 1)) {
    if (at % 8 !== 0 || at + WHOLE > memory.length) continue;
    const holder = memory.readBigUInt64LE(at + FIELDS.holder);
    // Some thread has held it since Python began.
    const isHolder = holder > 0xffffn && holder < HIGHEST_ADDRESS && holder % 8n === 0n;
    const handed = memory.readBigUInt64LE(at + FIELDS.handed);
    const isHanded = handed > 0n && handed < MOST_HANDED;
    if (isHolder && isHanded && memory.readBigUInt64LE(at + FIELDS.locked) <= 1n) found.push(at);
  }
  return found;
}

/**
 * Whether a thread waits for the lock that begins at an address: it sleeps in the kernel on something within it.
 * @param call `/proc/PID/task/TID/syscall`
 */
export function waitsForLock(call: string, lock: number, architecture: string): boolean {
  const [, number, address] = /^(\d+) (0x[0-9a-f]+) /.exec(call) ?? [];
  if (number === undefined || Number(number) !== FUTEX[architecture]) return false;
  const offset = Number(address) - lock;
  return offset >= 0 && offset < WHOLE;
}
