import type { Meaning, Meanings } from '../../components/useColumns';

/** What somebody writes of a column: a title, and a line for each value, as `1 = married`. */
export interface Written {
  title: string;
  values: string;
}

export function written(meaning: Meaning | undefined): Written {
  const lines = [...(meaning?.labels ?? [])].map(([value, label]) => `${value} = ${label}`);
  return { title: meaning?.title ?? '', values: lines.join('\n') };
}

/** The values of lines; a sentence for the first line that is none. */
export function readValues(text: string): { values: { value: string; label: string }[]; wrong: string | null } {
  const values: { value: string; label: string }[] = [];
  for (const line of text.split('\n').map((each) => each.trim()).filter((each) => each !== '')) {
    const cut = line.indexOf('=');
    const [value, label] = [line.slice(0, cut).trim(), line.slice(cut + 1).trim()];
    if (cut < 0 || value === '' || label === '') return { values, wrong: `Write “${line}” as value = meaning` };
    if (values.some((each) => each.value === value)) return { values, wrong: `${value} stands there twice` };
    values.push({ value, label });
  }
  return { values, wrong: null };
}

/** All columns with what is said of them once the draft counts, as the API takes it. */
export function described(meanings: Meanings, draft: ReadonlyMap<string, Written>) {
  const names = [...new Set([...meanings.keys(), ...draft.keys()])].toSorted();
  return names
    .map((name) => {
      const text = draft.get(name) ?? written(meanings.get(name));
      return { name, title: text.title.trim() || null, values: readValues(text.values).values };
    })
    .filter((each) => each.title !== null || each.values.length > 0);
}
