import { readFileSync } from 'node:fs';
import { type FakeGpus, isBusyTurn, TURN_MS } from './fake-nvidia-smi.ts';

/**
 * Stands for a machine's nvidia-smi: told what to query it tells it over and over, as the real one does. Like the driver it tells means
 * of a time that ended a while ago (docs/decisions/gpu.md), and like that of some versions it knows a field by its new name only.
 */
const { gpus, first, pid } = JSON.parse(process.env['FAKE_GPUS']!) as FakeGpus;
/** Where nothing else is asked for. */
const EVERY_MS = 200;
/** Ms: what utilisation is a mean of, and how long ago that had ended. */
const WINDOW_MS = 100;
const LATE_MS = 150;

/** Ms in which the first GPU was busy. */
function busyMs(from: number, to: number): number {
  if (first === 'always') return to - from;
  if (first !== 'in turns') return followedMs(from, to);
  let busy = 0;
  for (let turn = from - (from % TURN_MS); turn < to; turn += TURN_MS) {
    if (isBusyTurn(turn)) busy += Math.min(to, turn + TURN_MS) - Math.max(from, turn);
  }
  return busy;
}

function followedMs(from: number, to: number): number {
  const changes = readFileSync(first, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' ') as [string, string]);
  return changes.reduce((busy, [at, state], i) => {
    const until = Number(changes[i + 1]?.[0] ?? Number.POSITIVE_INFINITY);
    return state === 'busy' ? busy + Math.max(0, Math.min(to, until) - Math.max(from, Number(at))) : busy;
  }, 0);
}

function stampOf(now: number): string {
  const date = new Date(now);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('/');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

const UUID = 'GPU-00000000-0000-0000-0000-00000000000';

function gpuField(field: string, gpu: number, now: number): [header: string, value: string] | null {
  const until = now - LATE_MS;
  const busy = gpu === 0 ? Math.round((100 * busyMs(until - WINDOW_MS, until)) / WINDOW_MS) : now % 100;
  const known: Record<string, [string, string]> = {
    timestamp: ['timestamp', stampOf(now)],
    index: ['index', String(gpu)],
    name: ['name', 'NVIDIA H100'],
    uuid: ['uuid', `${UUID}${gpu}`],
    'utilization.gpu': ['utilization.gpu [%]', `${busy} %`],
    'utilization.memory': ['utilization.memory [%]', `${busy >> 1} %`],
    'memory.used': ['memory.used [MiB]', `${gpu === 0 ? 2048 : 1024 + (now % 60)} MiB`],
    'memory.total': ['memory.total [MiB]', '81559 MiB'],
    'power.draw': ['power.draw [W]', gpu === 0 ? '300.00 W' : '[N/A]'],
    'temperature.gpu': ['temperature.gpu', '61'],
    'clocks.sm': ['clocks.current.sm [MHz]', '1980 MHz'],
    'clocks_event_reasons.active': [
      'clocks_event_reasons.active',
      busy > 90 ? '0x0000000000000004' : '0x0000000000000000',
    ],
    'pcie.link.gen.current': ['pcie.link.gen.current', '5'],
    'pcie.link.width.current': ['pcie.link.width.current', '16'],
  };
  return known[field] ?? null;
}

function appField(field: string, now: number): [header: string, value: string] | null {
  const known: Record<string, [string, string]> = {
    timestamp: ['timestamp', stampOf(now)],
    gpu_uuid: ['gpu_uuid', `${UUID}0`],
    pid: ['pid', String(pid)],
    process_name: ['process_name', '/usr/bin/python3'],
    used_gpu_memory: ['used_gpu_memory [MiB]', '1984 MiB'],
  };
  return known[field] ?? null;
}

/** The columns of `dmon` and `pmon`, a second at a time. */
function monitor(which: string): void {
  const isGpu = which === 'dmon';
  const names = isGpu
    ? 'gpu    pwr  gtemp     sm    mem     fb'
    : 'gpu        pid   type     sm    mem     fb    command';
  const units = isGpu ? 'Idx      W      C      %      %     MB' : 'Idx          #    C/G      %      %     MB    name';
  process.stdout.write(`#Date       Time        ${names}\n#YYYYMMDD   HH:MM:SS    ${units}\n`);
  setInterval(() => {
    const now = Date.now();
    const busy = Math.round(busyMs(now - 1000, now) / 10);
    const [day, time] = stampOf(now).split(/[ .]/) as [string, string];
    const row = isGpu
      ? `0    300     61    ${busy}      -   2048`
      : `0   ${pid ?? '-'}     C    ${busy}      -   1984    python3`;
    process.stdout.write(` ${day.replaceAll('/', '')}   ${time}    ${row}\n`);
  }, 1000);
}

const options = process.argv.slice(2);
if (options[0] === 'dmon' || options[0] === 'pmon') monitor(options[0]);
else query();

function query(): void {
  const queried = (option: string): string[] | undefined =>
    options
      .find((one) => one.startsWith(`${option}=`))
      ?.slice(option.length + 1)
      .split(',');
  const apps = queried('--query-compute-apps');
  const fields = apps ??
    queried('--query-gpu') ?? ['timestamp', 'index', 'name', 'utilization.gpu', 'memory.used', 'power.draw'];
  const fieldOf = (field: string, gpu: number, now: number): [string, string] | null =>
    apps === undefined ? gpuField(field, gpu, now) : appField(field, now);
  const unknown = fields.find((field) => fieldOf(field, 0, 1) === null);
  if (unknown !== undefined) {
    process.stdout.write(`Field "${unknown}" is not a valid field to query.\n\n`);
    process.exit(2);
  }

  const every = Number(options[options.indexOf('-lms') + 1] ?? EVERY_MS) || EVERY_MS;
  process.stdout.write(`${fields.map((field) => fieldOf(field, 0, 1)![0]).join(', ')}\n`);
  let before = Date.now();
  /** At whole multiples of its interval: what is busy by the second is then busy by whole windows. */
  function tellNext(): void {
    const due = (Math.floor(before / every) + 1) * every;
    setTimeout(
      () => {
        const now = Date.now();
        const count = apps === undefined ? gpus : Number(pid !== null);
        for (let gpu = 0; gpu < count; gpu++) {
          process.stdout.write(`${fields.map((field) => fieldOf(field, gpu, now)![1]).join(', ')}\n`);
        }
        before = now;
        tellNext();
      },
      Math.max(1, due - Date.now()),
    );
  }
  tellNext();
}
