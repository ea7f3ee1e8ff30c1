import { writeFile } from 'node:fs/promises';

/** Whether standard output is for the document alone. */
export function isJsonOnStdout({ json }: { readonly json?: string | true | undefined }): boolean {
  return json === true || json === '-';
}

export async function writeJson(document: object, target: string | true | undefined): Promise<void> {
  if (target === undefined) return;
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (target === true || target === '-') process.stdout.write(text);
  else await writeFile(target, text);
}
