import { readFile } from 'node:fs/promises';
import { validateXML } from 'xmllint-wasm';

/** What libxml2 finds wrong with an XML document by a schema of `test/data`. */
export async function faultsOf(xml: string, schema: string): Promise<string[]> {
  const contents = await readFile(`test/data/${schema}`, 'utf8');
  const { errors } = await validateXML({ xml: [{ fileName: 'document.xml', contents: xml }], schema: [contents] });
  return errors.map(({ message }) => message);
}
