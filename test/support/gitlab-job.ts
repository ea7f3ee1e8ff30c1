import { spawn } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { DIST } from './dist.ts';
import { type CommandResult, resultOf } from './tailflame.ts';

interface Template {
  readonly spec: { readonly inputs: Readonly<Record<string, { readonly default?: string }>> };
}

interface Job {
  readonly variables: Readonly<Record<string, string>>;
  readonly script: readonly string[];
}

/**
 * Runs the job of pipeline/gitlab as GitLab's runner does: all lines of its script in one shell, with its variables, until one fails.
 * @param cwd the checkout
 */
export async function gitlabJob(cwd: string, inputs: Readonly<Record<string, string>>): Promise<CommandResult> {
  const text = await readFile('pipeline/gitlab/gate.gitlab-ci.yml', 'utf8');
  const [template] = parseAllDocuments(text).map((document) => document.toJS() as unknown);
  const { spec } = template as Template;
  const filled = text.replace(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_, name: string) => {
    const value = inputs[name] ?? spec.inputs[name]?.default;
    if (value === undefined) throw new Error(`The template needs the input ${name}.`);
    return JSON.stringify(value);
  });
  const [, jobs] = parseAllDocuments(filled).map((document) => document.toJS() as unknown);
  const { variables, script } = (jobs as Record<string, Job>)['tailflame-gate']!;
  const bin = path.join(cwd, '.bin');
  await mkdir(bin, { recursive: true });
  // As npm and the container put it there.
  await symlink(path.join(DIST, 'cli.cjs'), path.join(bin, 'tailflame')).catch(() => {});
  const env = { ...process.env, ...variables, PATH: `${bin}:${process.env['PATH']}` };
  return resultOf(
    spawn('bash', ['-eo', 'pipefail', '-c', script.join('\n')], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}
