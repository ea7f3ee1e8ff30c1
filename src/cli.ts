#!/usr/bin/env node
import { CommanderError } from 'commander';
import { buildProgram } from './cli/program.ts';
import { PlanError } from './load/plan/plan-error.ts';
import { ProfileError } from './profile/profile.ts';
import { RunError } from './runs/run-folder.ts';

buildProgram(__dirname)
  .parseAsync()
  .catch((error: unknown) => {
    // A plan, a run or a profile that cannot be read is for whoever named it to mend, like an option.
    if (error instanceof PlanError || error instanceof RunError || error instanceof ProfileError) {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 2;
    } else if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : 1;
    }
  });
