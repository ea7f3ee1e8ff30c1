import * as z from 'zod';
import { placeholdersOf } from '../../scenario/template.ts';
import { LIMITS } from '../limits.ts';
import { PLAN_DEFAULTS } from '../plan.ts';
import { checkTargetUrl, withoutGrpc } from '../target-url.ts';
import { addIssue, checked, fileName, flag, headers, map, number, text } from './schema-parts.ts';

/* What plan files say about where requests go. */

const EXAMPLE = 'http://127.0.0.1:8000';
const METRICS = 'auto, off, or a URL such as http://127.0.0.1:8002/metrics';
const URL_TEXT = `a URL such as ${EXAMPLE}`;
const HTTP = '"1.1", "2" or auto';
const TARGET = `a URL such as ${EXAMPLE}, or a map such as {url: ${EXAMPLE}, http: "2"}`;

const url = checked(z.string({ error: URL_TEXT }), (written) => {
  // What the environment has to say is known only where the plan is read.
  if (placeholdersOf(written).length === 0) checkTargetUrl(withoutGrpc(written));
});

const tls = map('a map such as {ca: ca.pem}', {
  ca: fileName.optional().meta({
    description: 'The authorities whose certificates to believe (PEM), instead of the usual ones.',
    examples: ['ca.pem'],
  }),
  cert: fileName.optional().meta({ description: 'The certificate to show the server (PEM).', examples: ['me.pem'] }),
  key: fileName.optional().meta({ description: 'The key of that certificate (PEM).', examples: ['me.key'] }),
  serverName: text
    .optional()
    .meta({ description: "The name the server's certificate is to be for. Default: the host." }),
  verify: flag('false: any certificate is believed.', true),
}).superRefine(({ cert, key }, context) => {
  if ((cert === undefined) === (key === undefined)) return;
  const [there, missing] = cert === undefined ? ['key', 'cert'] : ['cert', 'key'];
  addIssue(context, [there], `"${there}" needs its "${missing}" beside it.`, { at: 'key', needs: [missing] });
});

const longTarget = map(TARGET, {
  url: url.meta({
    description: 'What the addresses of steps are relative to. It may hold ${env.…}.',
    examples: [EXAMPLE],
  }),
  http: z
    .literal(['1.1', '2', 'auto', 1.1, 2], { error: HTTP })
    .transform((version) => (version === 1.1 ? '1.1' : version === 2 ? '2' : version))
    .optional()
    .meta({ description: 'The version of HTTP. auto: 2 where TLS offers it (ALPN), else 1.1.', default: '1.1' }),
  tls: tls.optional().meta({ description: 'Certificates, for https.' }),
  socket: fileName.optional().meta({
    description: "A Unix socket to connect to, instead of the URL's host and port.",
    examples: ['/run/app.sock'],
  }),
  keepAlive: flag('false: every request has a connection of its own.', true),
  compression: flag('true: compressed answers are asked for (gzip, deflate, br).', false),
  redirects: number(LIMITS.redirects).optional().meta({
    description: 'How many redirects are followed, on the same origin only. 0: a redirect is an answer like any other.',
    default: 0,
  }),
  streams: number(LIMITS.streams).optional().meta({
    description: 'How many requests one connection of HTTP/2 carries at a time.',
    default: PLAN_DEFAULTS.streams,
  }),
  headers: headers.optional().meta({
    description: 'Sent with every request that does not set them itself. They may hold ${…}.',
    examples: [{ accept: 'application/json' }],
  }),
  metrics: checked(z.string({ error: METRICS }), (written) => {
    if (written !== 'auto' && written !== 'off') checkTargetUrl(written);
  })
    .optional()
    .meta({
      description:
        "Where the server tells of itself, asked every second: in Prometheus' format as vLLM, SGLang, Triton, TGI and TEI do, or Triton's statistics. auto: where the APIs of the steps have it, on the same origin. off: it is not asked.",
      default: 'auto',
      examples: ['http://127.0.0.1:8002/metrics', 'off'],
    }),
  attribution: flag(
    'true: requests that are profiled carry a traceparent of their own, by which a service that has the lines of `tailflame attribution` in it tells which of them its threads work for.',
    false,
  ),
});

export const target = z.union([url, longTarget], { error: TARGET }).meta({
  description: 'Where requests go. Where a plan says nothing more, it means: GET this address.',
  examples: [EXAMPLE],
});

export type TargetDocument = z.output<typeof target>;
