import { GPU_SERIES } from './gpu-series.ts';
import type { SmiKind, SmiRow } from './smi-table.ts';

/** A column of nvidia-smi as a series. Of several names the first that is there is taken: they differ by driver. */
interface Quantity {
  readonly columns: readonly string[];
  readonly name: string;
  readonly unit: string;
  /** What one is told as: 100 in per cent. */
  readonly one: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** What one row tells of one quantity. */
export interface SmiValue {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly unit: string;
  /** NaN where it was not told. */
  readonly value: number;
}

function quantity(columns: string, name: string, unit: string, one = 1, labels = {}): Quantity {
  return { columns: columns.split(' '), name, unit, one, labels };
}

const PERCENT = 100;
const S = GPU_SERIES;
/** By `nvidia-smi --help-query-gpu` and its manual; what is drawn comes first. */
const QUANTITIES: Readonly<Record<SmiKind, readonly Quantity[]>> = {
  'query-gpu': [
    quantity('utilization.gpu', S.utilisation, '', PERCENT),
    quantity('memory.used', S.memory, 'MiB'),
    quantity('power.draw power.draw.instant power.draw.average', S.power, 'W'),
    quantity('memory.total', S.memoryTotal, 'MiB'),
    quantity('utilization.memory', S.memoryActivity, '', PERCENT),
    quantity('temperature.gpu', S.temperature, '°C'),
    quantity('clocks.sm clocks.current.sm', S.clock, 'MHz'),
    quantity('pcie.link.gen.current pcie.link.gen.gpucurrent', S.pcieGeneration, ''),
    quantity('pcie.link.width.current', S.pcieLanes, 'lanes'),
  ],
  'compute-apps': [quantity('used_gpu_memory used_memory', S.processMemory, 'MiB')],
  dmon: [
    quantity('sm', S.utilisation, '', PERCENT),
    quantity('fb', S.memory, 'MiB'),
    quantity('pwr', S.power, 'W'),
    quantity('gract', S.engineActivity, '', PERCENT),
    quantity('mmaact', S.tensorActivity, '', PERCENT),
    quantity('mem', S.memoryActivity, '', PERCENT),
    quantity('gtemp temp', S.temperature, '°C'),
    quantity('pclk', S.clock, 'MHz'),
    quantity('rxpci', S.pcieReceived, 'MB/s'),
    quantity('txpci', S.pcieSent, 'MB/s'),
    quantity('pviol', S.throttled, '', PERCENT, { reason: 'power cap' }),
    quantity('tviol', S.throttled, '', 1, { reason: 'heat' }),
  ],
  pmon: [quantity('sm', S.processUtilisation, '', PERCENT), quantity('fb', S.processMemory, 'MiB')],
};

const REASONS_COLUMNS = ['clocks_event_reasons.active', 'clocks_throttle_reasons.active'] as const;
/** Bits of nvml.h that hold the clock back; that it is idle, or set lower by somebody, is no such reason. */
const REASONS: readonly (readonly [bit: number, reason: string])[] = [
  [0x4, 'power cap'],
  [0x8, 'hardware slowdown'],
  [0x20, 'heat'],
  [0x40, 'heat'],
  [0x80, 'power brake'],
];
const HOLDS_BACK = REASONS.reduce((all, [bit]) => all | bit, 0);

/** Every column that tells something. */
export function toldColumns(kind: SmiKind): string[] {
  const columns = QUANTITIES[kind].flatMap((one) => one.columns);
  return kind === 'query-gpu' ? [...columns, ...REASONS_COLUMNS] : columns;
}

/** What a row tells; empty where it is of no process. @param has whether the table has one of these columns */
export function valuesOf(kind: SmiKind, row: SmiRow, has: (columns: readonly string[]) => boolean): SmiValue[] {
  const own = labelsOf(kind, row);
  if (own === null) return [];
  const values = QUANTITIES[kind]
    .filter(({ columns }) => has(columns))
    .map(({ columns, name, unit, one, labels }) => ({
      name,
      labels: { ...own, ...labels },
      unit,
      value: numberOf(columns, row) / one,
    }));
  return kind === 'query-gpu' && has(REASONS_COLUMNS) ? [...values, ...throttled(own, row)] : values;
}

/** The number of a GPU by its UUID, where a row tells both. */
export function indexOf({ field }: SmiRow): readonly [uuid: string, index: string] | null {
  const uuid = field('uuid') || field('gpu_uuid');
  return uuid === '' || field('index') === '' ? null : [uuid, field('index')];
}

function labelsOf(kind: SmiKind, { field }: SmiRow): Record<string, string> | null {
  const uuid = field('gpu_uuid') || field('uuid');
  switch (kind) {
    case 'query-gpu':
      return { gpu: field('index') || uuid || '0', model: field('name') || field('gpu_name') || 'GPU' };
    case 'dmon':
      return { gpu: field('gpu') || '0', from: 'dmon' };
    case 'compute-apps':
    case 'pmon': {
      if (field('pid') === '') return null;
      const process = baseName(field('process_name') || field('name') || field('command'));
      const of =
        kind === 'pmon' ? { gpu: field('gpu') || '0', from: 'pmon' } : { gpu: uuid || field('gpu_bus_id') || '0' };
      return { ...of, pid: field('pid'), process };
    }
  }
}

function numberOf(columns: readonly string[], { field }: SmiRow): number {
  const text = columns.map(field).find((value) => value !== '');
  return text === undefined ? Number.NaN : Number.parseFloat(text);
}

function throttled(labels: Record<string, string>, { field }: SmiRow): SmiValue[] {
  const text = REASONS_COLUMNS.map(field).find((value) => value !== '');
  const bits = text === undefined ? Number.NaN : Number(text);
  if (Number.isNaN(bits)) return [{ name: S.throttled, labels, unit: '', value: Number.NaN }];
  const by = new Map<string, number>();
  for (const [bit, reason] of REASONS) by.set(reason, Math.max(by.get(reason) ?? 0, (bits & bit) === 0 ? 0 : 1));
  return [
    { name: S.throttled, labels, unit: '', value: (bits & HOLDS_BACK) === 0 ? 0 : 1 },
    ...[...by].map(([reason, value]) => ({ name: S.throttled, labels: { ...labels, reason }, unit: '', value })),
  ];
}

/** The last part of a path, on any system. */
function baseName(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}
