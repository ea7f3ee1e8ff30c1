import { Command } from 'commander';
import { attributionCommand } from './attribution-command.ts';
import { compareCommand } from './compare-command.ts';
import { findRateCommand } from './find-rate-command.ts';
import { gateCommand } from './gate-command.ts';
import { historyCommand } from './history-command.ts';
import { hotspotsCommand } from './hotspots-command.ts';
import { planCommand } from './plan-command.ts';
import { reportCommand } from './report-command.ts';
import { runCommand } from './run-command.ts';
import { sloCommand } from './slo-command.ts';
import { sweepCommand } from './sweep-command.ts';

/** @param dist the folder of the bundles */
export function buildProgram(dist: string): Command {
  const program = new Command('tailflame')
    .description('Load-test inference code and see which source lines make the slow requests slow.')
    .version(TAILFLAME_VERSION)
    .showHelpAfterError('Run it with --help to see what it takes.')
    .exitOverride();
  program.addCommand(runCommand(dist));
  program.addCommand(findRateCommand(dist));
  program.addCommand(sweepCommand(dist));
  program.addCommand(gateCommand(dist));
  program.addCommand(compareCommand());
  program.addCommand(historyCommand());
  program.addCommand(sloCommand());
  program.addCommand(planCommand());
  program.addCommand(reportCommand(dist));
  program.addCommand(hotspotsCommand());
  program.addCommand(attributionCommand(dist));
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  return program;
}
