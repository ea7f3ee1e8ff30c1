import { isJsonObject, type JsonObject } from '../../json-object.ts';
import { type Operation, resolved } from './openapi-document.ts';

/** What an operation wants to be shown, as variables left open. */
export interface Credentials {
  readonly headers: Record<string, string>;
  readonly query: Record<string, string>;
  readonly variables: Record<string, null>;
}

/** The first of the ways in that the document offers; none where one may come without. */
export function credentialsFor({ content }: Operation, document: JsonObject): Credentials {
  const found: Credentials = { headers: {}, query: {}, variables: {} };
  const ways = content['security'] ?? document['security'];
  if (!Array.isArray(ways) || ways.some((way) => isJsonObject(way) && Object.keys(way).length === 0)) return found;
  const [first] = ways;
  const components = resolved(document['components'], document);
  const schemes = resolved(components['securitySchemes'], document);
  for (const name of isJsonObject(first) ? Object.keys(first) : []) add(resolved(schemes[name], document), found);
  return found;
}

function add(scheme: JsonObject, { headers, query, variables }: Credentials): void {
  const leaveOpen = (variable: string): string => {
    variables[variable] = null;
    return `\${env.${variable}}`;
  };
  const kind = String(scheme['type']);
  if (kind === 'http' && String(scheme['scheme']).toLowerCase() === 'basic') {
    headers['authorization'] = `Basic ${leaveOpen('BASIC_CREDENTIALS')}`;
  } else if (kind === 'http' || kind === 'oauth2' || kind === 'openIdConnect') {
    headers['authorization'] = `Bearer ${leaveOpen('API_TOKEN')}`;
  } else if (kind === 'apiKey') {
    const name = String(scheme['name']);
    const value = leaveOpen('API_KEY');
    if (scheme['in'] === 'query') query[name] = value;
    else if (scheme['in'] === 'cookie') headers['cookie'] = `${name}=${value}`;
    else headers[name.toLowerCase()] = value;
  }
}
