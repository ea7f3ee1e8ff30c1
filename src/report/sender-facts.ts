import net from 'node:net';
import { figure } from '../load/measure/figure.ts';
import { highestTold } from '../load/measure/waits.ts';
import type { RunDocument, TargetFacts, Waits } from '../runs/run-document.ts';
import { duration, percent } from './figures.ts';
import { logSentences } from './log-sentences.ts';
import { metricsSentences } from './metrics-sentences.ts';
import { serverSentences } from './server-sentences.ts';

const USUAL_PORT: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** From this share of a limit on it is worth knowing. */
const NEAR = 0.8;
/** Shares of the time from which on the sender's own trouble may show in the figures. */
const MUCH_WAITING = 0.05;
const MUCH_GC = 0.05;

/** How the sender fared, what it was near the end of, what it sent to, and what else is to be known of the run. */
export function senderSentences(
  run: Pick<RunDocument, 'health' | 'load' | 'target' | 'notes'> &
    Partial<Pick<RunDocument, 'server' | 'serverMetrics' | 'metricsHealth' | 'logs' | 'logBurst' | 'phases'>>,
): string[] {
  const near = nearLimits(run);
  return [
    senderText(run),
    ...(near.length > 0 ? [`Near a limit: ${near.join('; ')}.`] : []),
    targetText(run.target),
    ...serverSentences(run),
    ...metricsSentences(run),
    ...(run.logBurst === undefined ? [] : [run.logBurst]),
    ...logSentences(run),
    ...(run.notes ?? []),
  ];
}

/** How the sender fared, in one line. */
export function senderText({ health }: Pick<RunDocument, 'health'>): string {
  const { lateness, poolWait, cpu, gc } = health;
  const busy = busyShare(health);
  const several = (health.generators ?? 1) > 1;
  return [
    `late ${waitText(lateness)}`,
    `waited for a connection ${waitText(poolWait)}`,
    ...(several ? [`${health.generators} generators`] : []),
    cpu === null || busy === null ? 'CPU unknown' : `CPU ${percent(busy)} of a core${several ? ' each' : ''}`,
    ...(gc === undefined || gc.max === null ? [] : [`GC up to ${duration(gc.max)}`]),
  ].join(' · ');
}

/** `p95 4.7 ms`: the highest percentile that is known. */
function waitText(waits: Waits): string {
  const told = highestTold(waits);
  return told === null ? 'unknown' : `${told.name} ${duration(told.ms)}`;
}

/** What the sender was near the end of: `CPU at 93 % of a core`. Empty where it had plenty of everything. */
export function nearLimits({ health, load }: Pick<RunDocument, 'health' | 'load'>): string[] {
  const { starved, gc, fds, ports, capacity } = health;
  const busy = busyShare(health);
  const rate = load.rate.asked ?? load.rate.got;
  const found: string[] = [];
  if (busy !== null && busy >= NEAR) found.push(`its CPU was at ${percent(busy)} of a core`);
  if (isAtLeast(starved, MUCH_WAITING)) found.push(`it had to wait for a core ${percent(starved)} of the time`);
  if (isAtLeast(gc?.share, MUCH_GC)) found.push(`collecting garbage took ${percent(gc.share)} of the time`);
  if (fds && fds.used >= NEAR * fds.limit) found.push(`${usedOf(fds.used, fds.limit)} file descriptors were open`);
  if (ports && ports.used >= NEAR * ports.available) {
    found.push(`${usedOf(ports.used, ports.available)} local ports were in use`);
  }
  if (isAtLeast(capacity, 1) && rate >= NEAR * capacity) {
    found.push(`it manages about ${figure(capacity)} requests a second on this machine`);
  }
  return found;
}

/** `127.0.0.1:8000 (localhost), python process 1234`; in runs of older versions the address as it was given. */
export function targetText({ url, address, carrier, pid, runtime, protocol }: TargetFacts): string {
  return [
    address ? placeText(url, address) : url,
    ...(carrier ? [`through ${carrier}`] : []),
    ...(protocol === 'h2' ? ['HTTP/2'] : []),
    ...(pid === null ? [] : [runtime === null ? `process ${pid}` : `${runtime} process ${pid}`]),
  ].join(', ');
}

/** @param address an IP address, or a Unix socket's path */
function placeText(url: string, address: string): string {
  if (!URL.canParse(url)) return address;
  const { hostname, port, protocol, pathname } = new URL(url);
  const place = net.isIP(address) === 0 ? address : `${hostText(address)}:${port || USUAL_PORT[protocol] || '80'}`;
  const path = pathname === '/' || net.isIP(address) === 0 ? '' : pathname;
  const name = hostname === hostText(address) ? '' : ` (${hostname})`;
  return `${place}${path}${name}`;
}

function hostText(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** Cores used by each generator. */
function busyShare({ cpu, generators = 1 }: RunDocument['health']): number | null {
  return cpu === null ? null : cpu / Math.max(1, generators);
}

function isAtLeast(value: number | null | undefined, limit: number): value is number {
  return value !== null && value !== undefined && value >= limit;
}

function usedOf(used: number, limit: number): string {
  return `${used.toLocaleString('en-US')} of ${limit.toLocaleString('en-US')}`;
}
