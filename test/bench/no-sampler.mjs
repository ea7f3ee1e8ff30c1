#!/usr/bin/env node
// Stands in for py-spy and takes no samples: what a run is like whose second stretch nobody disturbs.
import { writeFileSync } from 'node:fs';
import process from 'node:process';

const [command] = process.argv.slice(2);
if (command === '--version') {
  process.stdout.write('py-spy 0.0.0\n');
} else if (command === 'record') {
  const output = process.argv[process.argv.indexOf('--output') + 1];
  process.on('SIGINT', () => {
    writeFileSync(output, '[]');
    process.exit();
  });
  process.stderr.write('Sampling process\n');
  setInterval(() => {}, 60_000);
} else process.exitCode = 1;
