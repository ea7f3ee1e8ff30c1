import { figure } from '../load/measure/figure.ts';
import type { StreamingFigures } from '../runs/run-document.ts';
import { percent } from './figures.ts';

/** How the times of streams are called and defined where people read them. In full: docs/metrics.md. */
export const STREAM_TIMES = {
  ttft: {
    name: 'TTFT',
    definition: 'intended start to first content, reasoning or tool-call text',
  },
  firstVisible: { name: 'First visible', definition: 'intended start to first content' },
  gap: { name: 'Gap', definition: 'between chunks, as they were read' },
  tpot: { name: 'TPOT', definition: '(last − first content) / (output tokens − 1)' },
} as const;
export type StreamTime = keyof typeof STREAM_TIMES;

/** One figure of streams that is no time: its name, what it came to, and how it is counted. */
export interface StreamFact {
  readonly name: string;
  readonly text: string;
  readonly definition: string;
}

/** Tokens, goodput and what was cut off, as far as there is something to tell. */
export function streamFacts(streaming: StreamingFigures): StreamFact[] {
  const { tokensPerSecond, outputTokens, inputTokens, cachedTokens, goodput, goodputShare, cancelled } = streaming;
  const cached = cachedTokens === null ? '' : `, ${figure(cachedTokens)} of them cached`;
  const share = typeof goodputShare === 'number' ? `, ${percent(goodputShare)} of all` : '';
  return [
    {
      name: 'Tokens',
      text: tokensPerSecond === null ? 'unknown' : `${figure(tokensPerSecond)}/s`,
      definition: 'output tokens of the answers that ended in the measured time',
    },
    {
      name: 'Output',
      text: outputTokens === null ? 'unknown' : `${figure(outputTokens)} tokens`,
      definition: outputTokens === null ? UNTOLD : sourceText(streaming),
    },
    ...(inputTokens === null
      ? []
      : [{ name: 'Input', text: `${figure(inputTokens)} tokens${cached}`, definition: sourceText(streaming) }]),
    ...(goodput === null
      ? []
      : [
          {
            name: 'Goodput',
            text: `${figure(goodput)}/s${share}`,
            definition: 'requests within every limit set to single ones; failures missed',
          },
        ]),
    ...(cancelled === undefined || cancelled === 0
      ? []
      : [
          {
            name: 'Cancelled',
            text: figure(cancelled),
            definition: 'cut off by the plan: their TTFT and gaps count, latency, tokens and TPOT do not',
          },
        ]),
  ];
}

const UNTOLD = 'not every answer tells its usage';

function sourceText({ tokensFrom }: StreamingFigures): string {
  return tokensFrom === 'both' ? "as the server counts, else the model's tokenizer" : 'as the server counts';
}
