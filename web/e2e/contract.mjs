// Holds what the mock answers against openapi.json, so that the screens show what the server may really say.
import { readFileSync } from 'node:fs';

const document = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'));

/** The operation for a request, null when the contract has none. */
export function operationOf(method, path) {
  for (const [template, item] of Object.entries(document.paths)) {
    const operation = item[method.toLowerCase()];
    const pattern = new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);
    if (operation && pattern.test(path)) return operation;
  }
  return null;
}

/** The status and the JSON schema of an operation's good answer; the schema is null when it has no body. */
export function goodAnswer(operation) {
  const [status, response] = Object.entries(operation.responses).find(([code]) => code.startsWith('2'));
  return { status: Number(status), schema: response.content?.['application/json']?.schema ?? null };
}

/** The schema of the live socket's frames. */
export const liveMessage = { $ref: '#/components/schemas/LiveMessage' };

/** What is wrong with a value, as lines with paths; empty when it is as the schema says. */
export function faults(schema, value, path = '$') {
  if (schema.$ref) return faults(resolve(schema.$ref), value, path);
  if (schema.oneOf ?? schema.anyOf) {
    const tries = (schema.oneOf ?? schema.anyOf).map((each) => faults(each, value, path));
    return tries.some((each) => each.length === 0) ? [] : tries.sort((a, b) => a.length - b.length)[0];
  }
  const all = (schema.allOf ?? []).flatMap((each) => faults(each, value, path));
  const types = [schema.type ?? []].flat();
  if (
    types.length > 0 &&
    !types.includes(typeOf(value)) &&
    !(types.includes('number') && typeOf(value) === 'integer')
  ) {
    return [...all, `${path}: ${typeOf(value)} is no ${types.join(' or ')}`];
  }
  if (schema.enum && !schema.enum.includes(value)) return [...all, `${path}: ${value} is none of ${schema.enum}`];
  if (typeOf(value) === 'array') {
    return [...all, ...value.flatMap((item, index) => faults(schema.items ?? {}, item, `${path}[${index}]`))];
  }
  if (typeOf(value) === 'object') {
    const missing = (schema.required ?? []).filter((name) => !(name in value));
    const known = Object.entries(schema.properties ?? {}).filter(([name]) => name in value);
    return [
      ...all,
      ...missing.map((name) => `${path}.${name} is missing`),
      ...known.flatMap(([name, each]) => faults(each, value[name], `${path}.${name}`)),
    ];
  }
  return all;
}

function resolve(ref) {
  return ref
    .slice(2)
    .split('/')
    .reduce((at, key) => at[key], document);
}

function typeOf(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
