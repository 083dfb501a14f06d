import { FIELD_GROUPS } from './planFields';

interface Reason {
  field: string;
  because: string;
}

const NAMES: Record<string, string> = {
  plan: 'All of it',
  features: 'Features',
  outputs: 'Outputs',
  slices: 'Slices',
  ...Object.fromEntries(FIELD_GROUPS.flatMap((group) => group.fields.map((field) => [field.name, field.label.split(',')[0]]))),
};

/** What a plan was proposed by: of each of its fields, once, the sentences that say why it is what it is. */
export function reasonsByName(because: readonly Reason[]): [name: string, sentences: string[]][] {
  const found = new Map<string, string[]>();
  for (const { field, because: sentence } of because) {
    const name = NAMES[field] ?? field;
    found.set(name, [...(found.get(name) ?? []), sentence]);
  }
  return [...found];
}
