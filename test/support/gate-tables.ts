import { judgeFigures, statusOf } from '../../src/find/gate-judgement.ts';
import { lookLevels } from '../../src/find/look-levels.ts';
import { median } from '../../src/find/median.ts';
import { BY_PAIRS } from '../../src/find/paired-builds.ts';
import { GATE_CASES, GATE_LOADS, type GateCase, type GateLoad, type KeptGate, type KeptPair } from './gate-cases.ts';

const TOLERANCE = { times: 0.1, failures: 0.01 };
const MISS = 0.025;
const LOOKS = [12, 16, 20];
const GROWN = [1, 1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.4];

const LOAD_WORDS: Readonly<Record<GateLoad, string>> = {
  users: 'One user at a time',
  usual: 'One user at a time, in the time that a gate usually has',
  rate: 'At a rate',
};

/** What gates come to, as Markdown: how often they were right, what smaller effects would have come to, and what one run against another would have said. */
export function gateTables(gates: readonly KeptGate[]): string {
  const loads = GATE_LOADS.flatMap((load) => {
    const own = gates.filter((gate) => gate.load === load);
    if (own.length === 0) return [];
    return [`### ${LOAD_WORDS[load]}`, casesTable(load, own), powerTable(own), naiveTable(own)];
  });
  return loads.join('\n\n').concat('\n');
}

function casesTable(load: GateLoad, gates: readonly KeptGate[]): string {
  const names = (Object.keys(GATE_CASES) as GateCase[]).filter((name) => GATE_CASES[name].runs[load] > 0);
  const rows = names.map((name) => {
    const { what, right, wrong, runs } = GATE_CASES[name];
    const own = gates.filter((gate) => gate.name === name);
    const of = (...statuses: readonly string[]): number =>
      own.filter(({ document }) => statuses.includes(document.status)).length;
    const longest = Math.max(0, ...own.map(({ document }) => document.took / 1000));
    const late = own.filter(({ document }) => document.took > document.budget).length;
    const statuses = ['passed', 'failed', 'inconclusive', 'void'].map((status) => of(status));
    const pairs = own.flatMap((gate) => gate.pairs);
    const grown = (['p50', 'p99'] as const).map((figure) => growth(pairs, figure));
    return `| ${[what, `${own.length} of ${runs[load]}`, ...grown, ...statuses, of(...right), of(...wrong), `${longest.toFixed(0)} s${late > 0 ? `, ${late} too long` : ''}`].join(' | ')} |`;
  });
  return [
    '| the candidate is | gates | p50 in all pairs | p99 | passed | failed | cannot tell | void | right | wrong | longest |',
    '| - | - | - | - | - | - | - | - | - | - | - |',
    ...rows,
  ].join('\n');
}

/** As the gate takes them: a segment that was short of answers tells nothing of its p99, nor does the one beside it. */
function knownPairs(pairs: readonly KeptPair[], figure: 'p50' | 'p99'): (readonly [before: number, now: number])[] {
  return pairs
    .map(({ baseline, candidate }) => [baseline[figure], candidate[figure]] as const)
    .filter((pair): pair is readonly [number, number] => pair.every((value) => value !== null));
}

/** By how much it was longer in the middle one of all pairs: what was planted, as it was measured. */
function growth(pairs: readonly KeptPair[], figure: 'p50' | 'p99'): string {
  const ratios = knownPairs(pairs, figure).map(([before, now]) => now / before);
  const middle = median(ratios);
  if (middle === null) return 'unknown';
  const percent = Math.round(100 * (middle - 1));
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent)} %`;
}

/** Each recording of the same build with the candidate's times made longer, judged as a gate judges. */
function powerTable(gates: readonly KeptGate[]): string {
  const equal = gates.filter(({ name, pairs }) => name === 'equal' && pairs.length >= LOOKS[0]!);
  const rows = (['p50', 'p99'] as const).flatMap((figure) =>
    GROWN.map((factor) => {
      const told = equal.map(({ pairs }) => judgedAgain(pairs, figure, factor));
      const share = (status: string): string =>
        `${Math.round((100 * told.filter((one) => one === status).length) / Math.max(1, told.length))} %`;
      const more = `${Math.round(100 * (factor - 1))} %`;
      return `| ${figure} | +${more} | ${share('failed')} | ${share('inconclusive')} | ${share('passed')} |`;
    }),
  );
  return [
    `Of ${equal.length} recordings of the same build:`,
    '',
    '| only this | longer by | failed | cannot tell | passed |',
    '| - | - | - | - | - |',
    ...rows,
  ].join('\n');
}

function judgedAgain(pairs: readonly KeptPair[], grown: 'p50' | 'p99', factor: number): string {
  const fail = lookLevels(
    LOOKS.map((steps) => steps / 20),
    MISS / 3,
  );
  const pass = lookLevels(
    LOOKS.map((steps) => steps / 20),
    MISS,
  );
  let status = 'inconclusive';
  for (const [look, steps] of LOOKS.entries()) {
    if (pairs.length < steps && look > 0) break;
    const used = pairs.slice(0, steps);
    const samples = (['p50', 'p99'] as const).map((name) => {
      const known = knownPairs(used, name);
      const longer = name === grown ? factor : 1;
      return {
        figure: { name, unit: 'ms' as const },
        baseline: known.map(([before]) => before),
        candidate: known.map(([, now]) => now * longer),
      };
    });
    status = statusOf(judgeFigures(samples, BY_PAIRS, TOLERANCE, { fail: fail[look]!, pass: pass[look]! }), []);
    if (status !== 'inconclusive') break;
  }
  return status;
}

/** What holding the p99 of one segment against that of another would say: slower by more than 10 %, or not. */
function naiveTable(gates: readonly KeptGate[]): string {
  const rows = (['equal', 'median', 'tail', 'neighbour', 'warming'] as const).flatMap((name) => {
    const own = gates.filter((gate) => gate.name === name);
    if (own.length === 0) return [];
    const pairs = own.flatMap((gate) => gate.pairs);
    const known = pairs.filter(({ baseline, candidate }) => baseline.p99 !== null && candidate.p99 !== null);
    const slower = known.filter(({ baseline, candidate }) => candidate.p99! > 1.1 * baseline.p99!).length;
    const isSlower = name === 'median' || name === 'tail';
    const wrong = isSlower ? known.length - slower : slower;
    const share = known.length === 0 ? 'unknown' : `${Math.round((100 * wrong) / known.length)} %`;
    return [`| ${GATE_CASES[name].what} | ${known.length} | ${share} | ${isSlower ? 'missed' : 'false alarm'} |`];
  });
  return [
    '| one p99 against another, where the candidate is | pairs | wrong | which is a |',
    '| - | - | - | - |',
    ...rows,
  ].join('\n');
}
