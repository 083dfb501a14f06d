/** How a file's rows are written, as its name tells. */
export interface Form {
  name: string;
  contentType: string;
  encoding: 'gzip' | 'zstd' | null;
  /** Whether its columns can be named before it is sent, and whether its first rows can be looked at. */
  hasHeader: boolean;
  canPreview: boolean;
}

const FORMS: readonly (readonly [endings: readonly string[], name: string, contentType: string])[] = [
  [['csv'], 'CSV', 'text/csv'],
  [['ndjson', 'jsonl'], 'NDJSON', 'application/x-ndjson'],
  [['json'], 'JSON', 'application/json'],
  [['parquet', 'pq'], 'Parquet', 'application/vnd.apache.parquet'],
  [['arrow', 'arrows', 'ipc'], 'Arrow', 'application/vnd.apache.arrow.stream'],
];

export const ACCEPTED = FORMS.flatMap(([endings]) => endings.map((ending) => `.${ending}`)).concat('.gz', '.zst').join(',');

/** Undefined where the name tells of no form that is taken. */
export function formOf(fileName: string): Form | undefined {
  const packed = /\.(gz|zst)$/i.exec(fileName)?.[1]?.toLowerCase();
  const ending = fileName.slice(0, packed ? -packed.length - 1 : undefined).split('.').at(-1)?.toLowerCase() ?? '';
  const found = FORMS.find(([endings]) => endings.includes(ending));
  if (!found || (packed && found[1] === 'Parquet')) return undefined;
  const [, name, contentType] = found;
  return {
    name: packed ? `${name}, compressed` : name,
    contentType,
    encoding: packed === 'gz' ? 'gzip' : packed === 'zst' ? 'zstd' : null,
    hasHeader: name === 'CSV' && !packed,
    canPreview: (name === 'CSV' || name === 'NDJSON') && !packed,
  };
}
