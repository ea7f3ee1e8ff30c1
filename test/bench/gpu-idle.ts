import { seededRandom } from '../../src/load/arrivals/random.ts';
import { DCGM_ACTIVITY } from '../../src/telemetry/dcgm.ts';
import { countArgument } from '../support/count-argument.ts';
import { idleOf, type SimulatedTelling, SMI, simulatedTarget, stretches, tellGpu } from '../support/simulated-gpu.ts';

// How often is what ran while the GPU was idle found, and how often is something claimed where nothing was? Simulated targets with a truth,
// by how the GPU's work is told. Usage: npm run bench -- gpu-idle [runs a cell]. Fixed seeds.

const RUNS = countArgument(1, 'runs', 100);
const TELLINGS: Readonly<Record<string, SimulatedTelling>> = {
  'nvidia-smi, 0.2 s': SMI,
  'nvidia-smi, 1 s asked 5 times': { ...SMI, window: 1000 },
  'DCGM, 1 s': { name: DCGM_ACTIVITY.engine, window: 1000, every: 1000, late: 0, steps: 1e6 },
};
const LENGTHS = { '0.3 to 1.3 s': [300, 1300], '1 to 3 s': [1000, 3000] } as const;

type Pick = (seed: number, isBusy: (time: number) => boolean) => (time: number) => string | null;
/** What the target does by the GPU's work: what is planted has a share of the time that the GPU is idle, and none of the rest. */
const TARGETS: Readonly<Record<string, { readonly planted: number; readonly pick: Pick }>> = {
  ...Object.fromEntries(
    [0.8, 0.4, 0.2].map((planted) => [
      `tokenizes for ${planted * 100} % of it`,
      {
        planted,
        pick: (seed: number, isBusy: (time: number) => boolean) => {
          const random = seededRandom(5000 + seed);
          return (time: number) =>
            random() < (isBusy(time) ? 0 : planted) ? 'tokenize' : random() < 0.1 ? 'other' : null;
        },
      },
    ]),
  ),
  'takes turns of its own': {
    planted: 0,
    pick: (seed) => {
      const isTokenizing = stretches(9000 + seed);
      return (time) => (isTokenizing(time) ? 'tokenize' : 'other');
    },
  },
  'runs at random': {
    planted: 0,
    pick: (seed) => {
      const random = seededRandom(7000 + seed);
      return () => (random() < 0.4 ? 'tokenize' : random() < 0.5 ? 'other' : null);
    },
  },
};

for (const [length, [least, most]] of Object.entries(LENGTHS)) {
  for (const [told, telling] of Object.entries(TELLINGS)) {
    for (const [name, { planted, pick }] of Object.entries(TARGETS)) {
      let claimed = 0;
      let right = 0;
      let shares = 0;
      for (let seed = 1; seed <= RUNS; seed++) {
        const isBusy = stretches(seed, least, most);
        const profile = simulatedTarget(pick(seed, isBusy));
        const { finding } = idleOf(profile, [tellGpu(isBusy, telling)], seed);
        if (finding === null) continue;
        claimed++;
        if (finding.function !== 'tokenize' || planted === 0) continue;
        right++;
        shares += finding.tailShare! - finding.restShare!;
      }
      const outcome = planted === 0 ? `${claimed} claimed` : `${right} found, ${claimed - right} wrong`;
      const share = right === 0 ? '' : `, ${Math.round((100 * shares) / right)} % more in the mean`;
      process.stdout.write(`${length} · ${told} · ${name}: ${outcome} of ${RUNS}${share}\n`);
    }
  }
}
