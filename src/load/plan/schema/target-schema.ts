import * as z from 'zod';
import { choiceFault } from '../../../runs/series-choice.ts';
import { placeholdersOf } from '../../scenario/template.ts';
import { durationText } from '../duration.ts';
import { LIMITS } from '../limits.ts';
import { METRICS_EVERY_MS, type MetricsEndpoint } from '../metrics-plan.ts';
import { PLAN_DEFAULTS } from '../plan.ts';
import { checkTargetUrl, withoutGrpc } from '../target-url.ts';
import { addIssue, checked, fileName, flag, headers, map, number, text, time } from './schema-parts.ts';

/* What plan files say about where requests go. */

const EXAMPLE = 'http://127.0.0.1:8000';
const METRICS_URL = 'http://127.0.0.1:9400/metrics';
const METRICS = `auto, off, a URL such as ${METRICS_URL}, or a list of them`;
const ENDPOINT = `auto, a URL such as ${METRICS_URL}, or a map such as {url: ${METRICS_URL}, series: [DCGM_FI_*]}`;
const SERIES = 'the name of a series such as DCGM_FI_*, or a list of them';
const LOGS = 'the name of a file, or a list of them';
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

const oneSeries = z.string({ error: SERIES }).superRefine((written, context) => {
  const fault = choiceFault(written);
  if (fault !== null) addIssue(context, [], fault);
});

const endpoint = map(ENDPOINT, {
  url: checked(z.string({ error: `a URL such as ${METRICS_URL}` }), checkTargetUrl).meta({
    description: 'Its address.',
    examples: [METRICS_URL],
  }),
  series: z
    .union([oneSeries, z.array(oneSeries, { error: SERIES }).min(1, { error: SERIES })], { error: SERIES })
    .optional()
    .meta({
      description:
        'Which series to keep, by name, with * for any letters and with labels as in PromQL. Without it: what is known of model servers and GPUs, else what is usual for a service.',
      examples: [['DCGM_FI_*', 'http_requests_total{status=~"5.."}']],
    }),
  every: time(LIMITS.scrape)
    .optional()
    .meta({ description: 'From one scrape to the next.', default: durationText(METRICS_EVERY_MS) }),
  headers: headers.optional().meta({
    description: 'Sent with each scrape. They may hold ${secrets.…}.',
    examples: [{ authorization: 'Bearer ${secrets.token}' }],
  }),
}).transform(
  ({ url, series, every = METRICS_EVERY_MS, headers = {} }): MetricsEndpoint => ({
    url,
    series: typeof series === 'string' ? [series] : (series ?? null),
    every,
    headers,
  }),
);

const endpointUrl = checked(z.string({ error: ENDPOINT }), (written) => {
  if (written !== 'auto') checkTargetUrl(written);
});

const metrics = z.union(
  [
    checked(z.string({ error: METRICS }), (written) => {
      if (written !== 'auto' && written !== 'off') checkTargetUrl(written);
    }),
    z.array(z.union([endpointUrl, endpoint], { error: ENDPOINT }), { error: METRICS }),
  ],
  { error: METRICS },
);

const logs = z
  .union([fileName, z.array(fileName, { error: LOGS })], { error: LOGS })
  .transform((files) => (typeof files === 'string' ? [files] : files));

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
  metrics: metrics.optional().meta({
    description:
      "Where servers tell of themselves, asked every second: in Prometheus' format as vLLM, SGLang, Triton, TGI, TEI and the DCGM exporter do, or Triton's statistics. auto: where the APIs of the steps have it, on the same origin. off: nobody is asked.",
    default: 'auto',
    examples: [METRICS_URL, 'off', ['auto', { url: METRICS_URL, series: ['DCGM_FI_*'] }]],
  }),
  logs: logs.optional().meta({
    description:
      'Log files of the servers, followed while the load goes on: errors and warnings are counted beside the latency.',
    examples: ['server.log'],
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
