/**
 * Names of what is watched of the target, its children and its runtime, so that who reads a series finds what another wrote. Series of
 * processes are sums over the target and its children, one value a reading.
 */
export const TARGET_SERIES = {
  /** Cores taken: 1 is one core busy. Unit `cores`. */
  cpu: 'target CPU',
  /** Cores taken by the thread that took most of them: 1 is a thread that never rested. Unit `cores`. */
  busiestThread: 'busiest thread',
  /** Threads ready to run without a core, in the mean. Unit `threads`. */
  waitingForCore: 'waiting for a core',
  /** The share of time a limit of its control group (a container's) kept it from running. Unit `%`. */
  throttled: 'CPU throttled',
  /** Resident, MiB. */
  memory: 'target memory',
  /** Unit `threads`. */
  threads: 'target threads',
  /** Open file descriptors, of the process nearest to its limit. Unit `%` of that limit. */
  fds: 'file descriptors',
  /** A second: it let go of its core itself, to wait. Unit `/s`. */
  voluntarySwitches: 'voluntary switches',
  /** A second: its core was taken from it. Unit `/s`. */
  involuntarySwitches: 'involuntary switches',
  /** Connections to its listening ports. Unit `connections`. */
  connections: 'connections',
  /** Connections nobody has accepted yet. Unit `connections`. */
  acceptQueue: 'accept queue',
  /** Of the whole machine, whoever takes it; 100 is every core. Unit `%`. */
  machineCpu: 'machine CPU',
  /** Memory of the machine, or of the target's control group where that is less, that is taken. Unit `%`. */
  machineMemory: 'memory taken',
  /** Node: how much later timers ran than they were due, p99 of the time since the reading before. Unit `ms`. */
  loopDelay: 'event-loop delay',
  /** Node: the share of time in which the event loop was not waiting. Unit `%`. */
  loopUtilisation: 'event-loop utilisation',
  /** Collecting garbage, share of the time. Unit `%`. */
  gc: 'garbage collection',
  /** Python: the share of samples in which some thread held the interpreter's lock. Unit `%`. */
  gil: 'GIL held',
  /** Python: threads that wanted to run Python code and waited for the lock, in the mean. Unit `threads`. */
  waitingForGil: 'waiting for the GIL',
} as const;

/** The unit of each. */
export const TARGET_UNITS: Readonly<Record<keyof typeof TARGET_SERIES, string>> = {
  cpu: 'cores',
  busiestThread: 'cores',
  waitingForCore: 'threads',
  throttled: '%',
  memory: 'MiB',
  threads: 'threads',
  fds: '%',
  voluntarySwitches: '/s',
  involuntarySwitches: '/s',
  connections: 'connections',
  acceptQueue: 'connections',
  machineCpu: '%',
  machineMemory: '%',
  loopDelay: 'ms',
  loopUtilisation: '%',
  gc: '%',
  gil: '%',
  waitingForGil: 'threads',
};

/** Connections the target made itself and has open: a series for each place they lead to, which is the label `to`. Unit `connections`. */
export const OUTGOING_SERIES = 'outgoing connections';
