import { plainText } from './template-text.ts';

/** Where credentials are open, one variable for them all: templates cannot encode. */
const VARIABLE = 'BASIC_CREDENTIALS';

/** The value of an `Authorization` header for a user with a password; and what was left open for it, with a note. */
export interface BasicAuthorization {
  readonly value: string;
  readonly variables: Readonly<Record<string, null>>;
  readonly notes: readonly string[];
}

/** @param credentials `user:password`, a template */
export function basicAuthorization(credentials: string): BasicAuthorization {
  const plain = plainText(credentials);
  if (plain !== null) return { value: `Basic ${Buffer.from(plain).toString('base64')}`, variables: {}, notes: [] };
  const shown = credentials.replace(/\$\{env\.([^}]*)\}/g, '$$$1');
  return {
    value: `Basic \${env.${VARIABLE}}`,
    variables: { [VARIABLE]: null },
    notes: [`${VARIABLE} stands for ${shown} in base64: what printf '%s' "${shown}" | base64 prints.`],
  };
}
