import { literal } from '../load/plan/plain-plan.ts';
import type { Plan, Step } from '../load/plan/plan.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import { targetUrl, withEnvironment, withoutGrpc } from '../load/plan/target-url.ts';

/** Of a step's address what its origin is read from, and the rest; with a placeholder in it there is none. */
const AUTHORITY = /^([a-z][a-z0-9+.-]*:\/\/[^/?#$]*)(?=[/?#]|$)(.*)$/is;

/**
 * The same requests, sent to another build: what goes to the plan's target by its path, or names the target's origin, goes there. Other
 * origins stay. Throws a {@link PlanError} for what is no address, and where everything would be sent to the same place all the same.
 * @param address of the other build, whose path need not be repeated
 */
export function planAgainst(plan: Plan, address: string): Plan {
  if (plan.target.socket !== null) {
    throw new PlanError('The plan’s target is a Unix socket, so --against would lead to the same build.');
  }
  const own = new URL(plan.target.url);
  const given = new URL(targetUrl(address, plan.environment));
  const isOrigin = given.pathname === '/' && given.search === '';
  const { href: url } = isOrigin ? new URL(own.pathname + own.search, given) : given;
  const sentTo = (step: Step): Step => ({ ...step, url: addressAt(step.url, plan, { own, given, url }) });
  const against: Plan = {
    ...plan,
    target: { ...plan.target, url },
    setup: plan.setup && { ...plan.setup, steps: plan.setup.steps.map(sentTo) },
    scenarios: plan.scenarios.map((scenario) => ({ ...scenario, steps: scenario.steps.map(sentTo) })),
  };
  // Who names the very same address wants to know how far a build lies from itself.
  if (url !== own.href && String(addressesOf(plan)) === String(addressesOf(against))) {
    throw new PlanError(
      `--against ${address} leads where the plan’s requests go anyway: they do not hang on the path of its target.`,
    );
  }
  return against;
}

function addressAt(written: string, plan: Plan, { own, given, url }: { own: URL; given: URL; url: string }): string {
  // The one request of a plan without steps.
  if (written === literal(plan.target.url)) return literal(url);
  const filled = withEnvironment(written, plan.environment);
  const [, head, rest] = AUTHORITY.exec(filled) ?? [];
  if (head === undefined || rest === undefined || !URL.canParse(withoutGrpc(head))) return written;
  const there = new URL(withoutGrpc(head));
  if (serverOf(there) !== serverOf(own)) return written;
  there.protocol = given.protocol;
  there.hostname = given.hostname;
  there.port = given.port;
  return there.href.replace(/\/$/, '') + rest;
}

/** The origin; of this machine's names one, by which the same build may be meant. */
function serverOf({ protocol, hostname, port }: URL): string {
  return `${protocol}//${/^(localhost|\[::1\])$/.test(hostname) ? '127.0.0.1' : hostname}:${port}`;
}

/** Where the requests of the load go, placeholders as they are written. */
function addressesOf({ scenarios, target }: Plan): string[] {
  return scenarios.flatMap(({ steps }) =>
    steps.map(({ url }) => (URL.canParse(url, target.url) ? new URL(url, target.url).href : url)),
  );
}
