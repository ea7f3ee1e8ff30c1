/** What a generator knew of itself at one moment; sums count from its start. Ms. */
export interface HealthSample {
  /** Run time. */
  readonly at: number;
  /** CPU time of the whole process. */
  readonly cpu: number;
  /** How long the sending thread ran, and was ready to run but had no core. Null where the system does not tell. */
  readonly ran: number | null;
  readonly waited: number | null;
  readonly gcTotal: number;
  /** The longest pause since the sample before. */
  readonly gcMax: number;
  /** The longest time since the sample before in which the sending thread did nothing, at least; absent in runs of older versions. */
  readonly stall?: number;
  /** Open file descriptors and how many are allowed; null where the system does not tell. */
  readonly fds: { readonly used: number; readonly limit: number } | null;
  /** Local ports in use by TCP on this machine, and how many it hands out. */
  readonly ports: { readonly used: number; readonly available: number } | null;
  /** Connections made so far. */
  readonly opened: number;
  /** Ms that all of its requests together have been in flight so far, from dispatched on; absent in runs of older versions. */
  readonly flown?: number;
}
