/** A column of numbers for each name. */
export function byColumn<Name extends string>(
  names: readonly Name[],
  make: (name: Name) => Float64Array,
): Record<Name, Float64Array> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Float64Array>;
}

/**
 * Unpacks rows of numbers, one for each of `columns`, into the columns of `names`; a torn last row is left out.
 * @param missing what stands in a column that is not there
 */
export function tableOf<Name extends string>(
  names: readonly Name[],
  rows: Float64Array,
  columns: readonly string[],
  missing: (name: Name) => number = () => NaN,
): Record<Name, Float64Array> {
  const width = columns.length;
  return byColumn(names, (name) => {
    const column = new Float64Array(Math.floor(rows.length / width));
    const offset = columns.indexOf(name);
    if (offset < 0) return column.fill(missing(name));
    for (let row = 0; row < column.length; row++) column[row] = rows[row * width + offset]!;
    return column;
  });
}
