import * as vscode from 'vscode';
import type { Plan } from '../../load/plan/plan.ts';
import type { Route } from '../../routes/route.ts';
import { type PlanEnd, type PlanRunner, workFolder } from '../plan-runner.ts';
import { RequestMemory } from '../request-memory.ts';
import { routeRequest } from '../route-request.ts';
import type { ServiceAddress } from '../service-address.ts';

/** A click on a route's lens. @param send what is done with its plan @returns what came of it */
export async function loadTestRoute<Result>(
  runner: PlanRunner,
  memory: vscode.Memento,
  addresses: ServiceAddress,
  route: Route,
  send: (plan: Plan) => Promise<PlanEnd<Result>>,
): Promise<Result | undefined> {
  const cwd = workFolder();
  if (cwd === undefined || !runner.mayBegin()) return undefined;
  const origin = await addresses.find(route.file);
  if (origin === undefined) return undefined;
  const requests = new RequestMemory(memory);
  for (let again = false; ; again = true) {
    const made = await routeRequest(route, origin, requests, { folder: cwd, again });
    if (made === undefined) return undefined;
    const end = await send(made.plan);
    const taken = end.kind === 'finished';
    if (made.typed !== null) await requests.keep(route.method, route.path, { ...made.typed, taken });
    if (taken) return end.result;
    if (end.kind === 'stopped') return undefined;
    const change = 'Change the Request…';
    const actions = end.error.code === 3 ? [change] : [];
    if ((await vscode.window.showErrorMessage(end.error.message, ...actions)) !== change) return undefined;
  }
}
