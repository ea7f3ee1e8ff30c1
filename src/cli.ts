import { CommanderError } from 'commander';
import { buildProgram } from './cli/program.ts';

buildProgram(__dirname)
  .parseAsync()
  .catch((error: unknown) => {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : 1;
    }
  });
