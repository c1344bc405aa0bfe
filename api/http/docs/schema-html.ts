/** A JSON schema as far as ours go. */
export type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
};

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (mark) => marks[mark]!);
export const code = (text: string): string => `<code>${escapeHtml(text)}</code>`;

/** In words, with what is inside as a nested list. */
export function schemaHtml(schema: Schema): string {
  return `${summaryOf(schema)}${insideOf(schema)}`;
}

function summaryOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1)!;
    return `<a href="#schema-${escapeHtml(name)}">${escapeHtml(name)}</a>`;
  }
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum) return schema.enum.map((value) => code(JSON.stringify(value))).join(' or ');
  if (alternativesOf(schema)) return 'one of';
  if (schema.prefixItems) return `a list of exactly ${schema.prefixItems.length}`;
  if (schema.items) return `a list${boundsOf(schema.minItems, schema.maxItems)} of ${summaryOf(schema.items)}`;
  const type = [schema.type ?? 'anything'].flat().join(' or ');
  return `${escapeHtml(type)}${limitsOf(schema)}`;
}

const alternativesOf = ({ anyOf, oneOf }: Schema): readonly Schema[] | undefined => anyOf ?? oneOf;

function limitsOf({ format, pattern, minimum, maximum, minLength, maxLength }: Schema): string {
  // A format says what its pattern spells out.
  const shape = format ?? pattern;
  const isCounted = minimum !== undefined && Math.abs(minimum) < Number.MAX_SAFE_INTEGER;
  const highest = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  const range = boundsOf(isCounted ? minimum : undefined, highest);
  const length = boundsOf(minLength, maxLength);
  return `${range}${length && `${length} characters`}${shape === undefined ? '' : `, ${code(shape)}`}`;
}

function boundsOf(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return min === max ? `, exactly ${min}` : `, ${min} to ${max}`;
  if (max !== undefined) return `, at most ${max}`;
  return min === undefined ? '' : `, at least ${min}`;
}

function insideOf(schema: Schema): string {
  if (schema.$ref !== undefined) return '';
  const alternatives = alternativesOf(schema) ?? schema.prefixItems;
  if (alternatives) return list(alternatives.map((one) => `<li>${schemaHtml(one)}</li>`));
  if (schema.items) return insideOf(schema.items);
  const required = new Set(schema.required);
  const fields = Object.entries(schema.properties ?? {}).map(
    ([name, inner]) => `<li>${code(name)}${required.has(name) ? '' : ' <i>optional</i>'}: ${schemaHtml(inner)}</li>`,
  );
  if (typeof schema.additionalProperties === 'object' && Object.keys(schema.additionalProperties).length > 0) {
    fields.push(`<li>any other: ${schemaHtml(schema.additionalProperties)}</li>`);
  }
  return fields.length > 0 ? list(fields) : '';
}

const list = (entries: readonly string[]): string => `<ul class="fields">${entries.join('')}</ul>`;
