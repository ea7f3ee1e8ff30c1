import { spawn } from 'node:child_process';
import { readFileSync, writeSync } from 'node:fs';

// Runs a command with its own streams, and says on descriptor 3 how many seconds of CPU it and its children took.

const [program, ...args] = process.argv.slice(2);
const child = spawn(program!, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.on('exit', (code) => {
  // Waited-for children are in no usage of this process but that of its children, which the system keeps apart.
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  writeSync(3, String((fields[13]! + fields[14]!) / 100));
  process.exit(code ?? 1);
});
