import * as vscode from 'vscode';
import { parseLoad } from '../load/plan/load-text.ts';
import { plainPlan } from '../load/plan/plain-plan.ts';
import type { Plan } from '../load/plan/plan.ts';
import { tellsSecret } from '../load/plan/redaction.ts';

const REMEMBERED = 'tailflame.answers';

interface Answers {
  readonly url: string;
  readonly body: string;
  readonly load: string;
}

const FIRST: Answers = { url: 'http://127.0.0.1:8000/predict', body: '', load: '' };

/** A plan as somebody asked for it, and the body they typed; null: none. */
export interface AskedPlan {
  readonly plan: Plan;
  readonly body: string | null;
}

/**
 * At most three questions, each with the last answer as its default. Undefined where the user went away.
 * @param asksLoad whether a load is asked for; without it the plan has none
 */
export async function askForPlan(memory: vscode.Memento, asksLoad: boolean): Promise<AskedPlan | undefined> {
  const steps = asksLoad ? 3 : 2;
  const last = { ...FIRST, ...memory.get<Partial<Answers>>(REMEMBERED) };
  const url = await vscode.window.showInputBox({
    title: `Endpoint (1/${steps})`,
    prompt: 'The URL to send load to',
    value: last.url,
    ignoreFocusOut: true,
    validateInput: (text) =>
      URL.canParse(text) && /^https?:/.test(text) ? undefined : 'A URL such as http://127.0.0.1:8000/predict',
  });
  if (url === undefined) return undefined;
  const body = await vscode.window.showInputBox({
    title: `Body (2/${steps})`,
    prompt: 'JSON to POST; empty sends a GET',
    value: last.body,
    ignoreFocusOut: true,
  });
  if (body === undefined) return undefined;
  const load = asksLoad ? await askForLoad(last.load) : last.load;
  if (load === undefined) return undefined;
  // What holds a secret is asked for anew: what is remembered lies on the disk.
  const [kept, content] = [tellsSecret(url) ? last.url : url, tellsSecret(body) ? '' : body];
  await memory.update(REMEMBERED, { url: kept, body: content, load } satisfies Answers);
  const parsed = asksLoad ? parseLoad(load) : {};
  if (!parsed) return undefined;
  const sent = body === '' ? null : body;
  const request = plainPlan({ url, method: sent === null ? 'GET' : 'POST', headers: {}, body: sent });
  return { plan: { ...request, ...parsed }, body: sent };
}

async function askForLoad(last: string): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: 'Load (3/3)',
    prompt:
      'Requests per second for 10 s; empty: a gentle rate from one request. "8 users": each waits for an answer. "60/s for 30s": longer',
    value: last,
    ignoreFocusOut: true,
    validateInput: (text) => (parseLoad(text) ? undefined : 'Write it as 60, 60/s for 30s, or 8 users'),
  });
}
