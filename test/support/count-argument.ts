/**
 * A number of runs, rounds or seconds from the command line, where figures of none would be written otherwise.
 * @param place 1: the first argument @param usual where it is not given
 * @throws where it is no whole number above 0
 */
export function countArgument(place: number, what: string, usual: number): number {
  const given = process.argv[place + 1];
  if (given === undefined || given.startsWith('--')) return usual;
  const count = Number(given);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Error(`Argument ${place}, ${what}, must be a whole number above 0, not "${given}".`);
}
